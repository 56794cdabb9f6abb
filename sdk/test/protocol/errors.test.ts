import { expect, test } from 'vitest'
import { GOODBYES, type GoodbyeCode, goodbyeOfClose, REJECTIONS, type RejectionCode, reject } from '../../src/protocol'

const codes = Object.keys(GOODBYES) as GoodbyeCode[]

test('every goodbye has a close code of its own', () => {
  expect(new Set(codes.map((code) => GOODBYES[code].close)).size).toBe(codes.length)
})

test.each(codes)('%s closes with a code that applications or IANA have', (code) => {
  const { close } = GOODBYES[code]
  expect((close >= 4000 && close <= 4999) || close === 1012 || close === 1013).toBe(true)
  expect(goodbyeOfClose(close)).toBe(code)
})

test.each([1000, 1001, 1005, 1006, 1009, 4999])('%i is no goodbye of ours', (close) => {
  expect(goodbyeOfClose(close)).toBeUndefined()
})

test('what is final, and what is tried again', () => {
  const by = (retry: string) => codes.filter((code) => GOODBYES[code].retry === retry).sort()
  expect(by('freshToken')).toEqual(['unauthorized'])
  expect(by('slowly')).toEqual(['busy', 'room_full', 'room_locked', 'room_not_found'])
  expect(by('never')).toEqual(
    ['bad_frame', 'forbidden', 'removed', 'room_ended', 'superseded', 'unsupported_version'].sort(),
  )
})

test.each(Object.keys(REJECTIONS) as RejectionCode[])(
  'a rejection %s says by the table whether to try again',
  (code) => {
    expect(reject(code, 'A sentence.')).toEqual({ code, message: 'A sentence.', retryable: REJECTIONS[code] })
    expect(reject(code, 'A sentence.', 500)).toMatchObject({ retryAfterMs: 500 })
  },
)
