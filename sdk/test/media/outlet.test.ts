import { expect, test } from 'vitest'
import { Capture } from '../../src/media/capture'
import { BLACK_MS, Outlet } from '../../src/media/outlet'
import { asTrack, FakeTrack } from '../harness/media-devices'

function outletOf(source: 'camera' | 'microphone') {
  const filled: (MediaStreamTrack | null)[] = []
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
  return { outlet: new Outlet(source, clock, async (track) => void filled.push(track)), filled, due }
}

const captureOf = (kind: 'audio' | 'video') => new Capture(asTrack(new FakeTrack(kind)), { isOwn: true })
const video = () => captureOf('video')

test('a picture is black for a moment, then its slot is empty and its device may stop', () => {
  const { outlet, filled, due } = outletOf('camera')
  const capture = video()
  const { track } = capture
  const done: string[] = []
  outlet.open(capture)
  outlet.hush(capture, () => done.push('done'))
  expect([track.enabled, filled, done]).toEqual([false, [track], []])
  expect(due.map(({ delayMs }) => delayMs)).toEqual([BLACK_MS])
  due[0]?.callback()
  expect([filled, done]).toEqual([[track, null], ['done']])
})

test('another picture ends the black one at once', () => {
  const { outlet, filled, due } = outletOf('camera')
  const [first, second] = [video(), video()]
  const done: string[] = []
  outlet.open(first)
  outlet.hush(first, () => done.push('first'))
  outlet.open(second)
  expect([filled, done, due[0]?.isOff]).toEqual([[first.track, second.track], ['first'], true])
})

test('the last word about the end of a fade counts', () => {
  const { outlet, due } = outletOf('camera')
  const capture = video()
  const done: string[] = []
  outlet.open(capture)
  outlet.hush(capture, () => done.push('muted'))
  outlet.hush(capture, () => done.push('unpublished'))
  due[0]?.callback()
  expect([done, due.length]).toEqual([['unpublished'], 1])
})

test('sound stops at once, and what was never sent needs no black', () => {
  const { outlet, filled, due } = outletOf('microphone')
  const capture = captureOf('audio')
  const { track } = capture
  const done: string[] = []
  outlet.hush(capture, () => done.push('unsent'))
  outlet.open(capture)
  outlet.hush(capture, () => done.push('sent'))
  expect([filled, done, due]).toEqual([[track, null], ['unsent', 'sent'], []])
})
