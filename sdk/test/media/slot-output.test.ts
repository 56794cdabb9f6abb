import { expect, test } from 'vitest'
import { Capture } from '../../src/media/capture'
import { BLACK_FRAME_MS, SlotOutput } from '../../src/media/slot-output'
import { asTrack, FakeTrack } from '../harness/media-devices'

function outputOf(source: 'camera' | 'microphone') {
  const set: (MediaStreamTrack | null)[] = []
  const due: { delayMs: number; callback: () => void; isOff: boolean }[] = []
  const clock = {
    after(delayMs: number, callback: () => void) {
      const entry = { delayMs, callback, isOff: false }
      due.push(entry)
      return () => {
        entry.isOff = true
      }
    },
  }
  return { output: new SlotOutput(source, clock, async (_source, track) => void set.push(track)), set, due }
}

const captureOf = (kind: 'audio' | 'video') => new Capture(asTrack(new FakeTrack(kind)), { isOwn: true })
const video = () => captureOf('video')

test('a picture is black for a moment, then its slot is empty and its device may stop', () => {
  const { output, set, due } = outputOf('camera')
  const capture = video()
  const { track } = capture
  const done: string[] = []
  output.send(capture)
  output.fadeOut(capture, () => done.push('done'))
  expect([track.enabled, set, done]).toEqual([false, [track], []])
  expect(due.map(({ delayMs }) => delayMs)).toEqual([BLACK_FRAME_MS])
  due[0]?.callback()
  expect([set, done]).toEqual([[track, null], ['done']])
})

test('another picture ends the black one at once', () => {
  const { output, set, due } = outputOf('camera')
  const [first, second] = [video(), video()]
  const done: string[] = []
  output.send(first)
  output.fadeOut(first, () => done.push('first'))
  output.send(second)
  expect([set, done, due[0]?.isOff]).toEqual([[first.track, second.track], ['first'], true])
})

test('the last word about the end of a fade counts', () => {
  const { output, due } = outputOf('camera')
  const capture = video()
  const done: string[] = []
  output.send(capture)
  output.fadeOut(capture, () => done.push('muted'))
  output.fadeOut(capture, () => done.push('unpublished'))
  due[0]?.callback()
  expect([done, due.length]).toEqual([['unpublished'], 1])
})

test('sound stops at once, and what was never sent needs no black', () => {
  const { output, set, due } = outputOf('microphone')
  const capture = captureOf('audio')
  const { track } = capture
  const done: string[] = []
  output.fadeOut(capture, () => done.push('unsent'))
  output.send(capture)
  output.fadeOut(capture, () => done.push('sent'))
  expect([set, done, due]).toEqual([[track, null], ['unsent', 'sent'], []])
})
