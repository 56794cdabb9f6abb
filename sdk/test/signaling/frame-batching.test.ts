import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Bytes } from '../../src/protocol'
import { fitsFrame, framesOf } from '../../src/signaling/connection'

test('every message is in a frame once and in order, and no frame is too large', () => {
  const message = fc.string({ maxLength: 40, unit: 'binary' }).map((text) => JSON.stringify(text))
  fc.assert(
    fc.property(fc.array(message), fc.integer({ min: 10, max: 300 }), (all, max) => {
      const messages = all.filter((each) => fitsFrame(each, max))
      const frames = framesOf(messages, max)
      for (const frame of frames) expect(utf8Bytes(frame)).toBeLessThanOrEqual(max)
      expect(frames.flatMap((frame) => JSON.parse(frame))).toEqual(messages.map((each) => JSON.parse(each)))
    }),
  )
})

test('as few frames as can be', () => {
  expect(framesOf(['1', '2', '3'], 100)).toEqual(['[1,2,3]'])
  expect(framesOf(['1', '2', '3'], 5)).toEqual(['[1,2]', '[3]'])
  expect(framesOf([], 5)).toEqual([])
})
