import { expect, test } from 'vitest'
import { SharedFrames } from '../../src/gateway/socket/frames'
import { SendQueue } from '../../src/gateway/socket/send-queue'
import { FakeClock } from '../harness/fake-clock'
import { framesIn } from '../harness/frames-in'

const MAX_QUEUED_BYTES = 1024 * 1024
const STALLED_MS = 20_000

/** A stream that takes bytes when the test says so. */
function slowQueue(maxFrameBytes = 1000) {
  const clock = new FakeClock()
  const frames: string[] = []
  const writes: Buffer[] = []
  const taken: ((error?: Error) => void)[] = []
  const connection = { isOpen: true }
  let corked: Buffer[] | undefined
  const stream = {
    write(bytes: Buffer, written?: (error?: Error) => void) {
      if (corked === undefined) writes.push(bytes)
      else corked.push(bytes)
      frames.push(...framesIn(bytes))
      if (written !== undefined) taken.push(written)
    },
    cork: () => {
      corked = []
    },
    uncork: () => {
      writes.push(Buffer.concat(corked ?? []))
      corked = undefined
    },
  }
  const limits = { maxFrameBytes, maxQueuedBytes: MAX_QUEUED_BYTES, stalledMs: STALLED_MS }
  const queue = new SendQueue(stream, connection, { clock, limits, frames: new SharedFrames() })
  const take = (error?: Error) => taken.shift()?.(error)
  return { queue, frames, writes, clock, connection, take }
}

const KIB = 1024
const text = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2))

test('what is queued in a turn leaves as one frame', () => {
  const { queue, frames } = slowQueue()
  queue.push('1', 'kept')
  queue.push('{"a":2}', 'kept')
  queue.flush()
  queue.flush()
  expect(frames).toEqual(['[1,{"a":2}]'])
})

test('an answer is in a frame of its own, in the same write', () => {
  const { queue, frames, writes } = slowQueue()
  for (const event of ['1', '2']) queue.push(event, 'kept')
  for (const reply of ['3', '4']) queue.push(reply, 'answer')
  queue.push('5', 'droppable')
  queue.flush()
  expect(frames).toEqual(['[1,2]', '[3,4]', '[5]'])
  expect(writes).toHaveLength(1)
})

test('a batch is cut into frames of the allowed size; a message that is larger by itself goes alone', () => {
  const { queue, frames } = slowQueue(100)
  for (const bytes of [40, 40, 40, 300, 10]) queue.push(text(bytes), 'kept')
  queue.flush()
  expect(frames.map((frame) => JSON.parse(frame).length)).toEqual([2, 1, 1, 1])
  expect(frames.map((frame) => Buffer.byteLength(frame))).toEqual([83, 42, 302, 12])
})

test('the size of a frame counts bytes, not characters', () => {
  const { queue, frames } = slowQueue(100)
  for (let i = 0; i < 2; i++) queue.push(JSON.stringify('€'.repeat(20)), 'kept')
  queue.flush()
  expect(frames).toHaveLength(2)
})

test('casts are dropped first when a reader is slow; events never are [R7.6]', () => {
  const { queue, frames, take } = slowQueue(64 * KIB)
  for (let i = 0; i < 8; i++) queue.push(text(63 * KIB), 'droppable')
  for (let i = 0; i < 8; i++) queue.push(text(63 * KIB), 'kept')
  queue.flush()
  // One more would be too much: the casts that still wait make room for it, one that comes now is left out.
  expect(queue.push(text(63 * KIB), 'droppable')).toBe(true)
  expect(queue.push(text(63 * KIB), 'kept')).toBe(true)
  for (let i = 0; i < 32; i++) take()
  const inFlightBefore = 5
  expect(frames).toHaveLength(inFlightBefore + 9)
})

test('of presences that wait behind a slow reader the newest of each participant is kept, and every event', () => {
  const { queue, frames, take } = slowQueue(64 * KIB)
  const presence = (of: string, n: number) =>
    queue.push(JSON.stringify([of, n, 'x'.repeat(20 * KIB)]), { newestOf: of })
  for (let i = 0; i < 6; i++) queue.push(text(60 * KIB), 'kept')
  queue.flush()
  for (let n = 0; n < 15; n++) for (const of of ['ada', 'bob']) presence(of, n)
  for (let i = 0; i < 4; i++) expect(queue.push(text(60 * KIB), 'kept')).toBe(true)
  for (let i = 0; i < 40; i++) take()
  const all = frames.flatMap((frame) => JSON.parse(frame))
  expect(all.filter((each) => Array.isArray(each)).map(([of, n]) => [of, n])).toEqual([
    ['ada', 14],
    ['bob', 14],
  ])
  expect(all.filter((each) => !Array.isArray(each))).toHaveLength(10)
})

test.each(['has closed', 'has failed'])('nothing is written any more to a connection that %s', (end) => {
  const { queue, frames, connection, take } = slowQueue(64 * KIB)
  for (let i = 0; i < 8; i++) queue.push(text(63 * KIB), 'kept')
  queue.flush()
  const before = frames.length
  if (end === 'has closed') connection.isOpen = false
  for (let i = 0; i < 8; i++) take(end === 'has failed' ? new Error('by a test') : undefined)
  expect(before).toBeLessThan(8)
  expect(frames).toHaveLength(before)
  expect(queue.bytes).toBe(0)
})

test('every buffer has a stated bound: beyond that of an queue nothing more is taken [R7.6, R7.8]', () => {
  const { queue } = slowQueue(64 * KIB)
  const fits = Math.floor(MAX_QUEUED_BYTES / (63 * KIB))
  for (let i = 0; i < fits; i++) expect(queue.push(text(63 * KIB), 'kept')).toBe(true)
  expect(queue.push(text(63 * KIB), 'kept')).toBe(false)
})

test('one message larger than the bound still goes, when nothing else waits: a snapshot', () => {
  const { queue, frames } = slowQueue()
  expect(queue.push(text(2 * MAX_QUEUED_BYTES), 'kept')).toBe(true)
  queue.flush()
  expect(frames).toHaveLength(1)
})

test('a reader is stalled when it has taken nothing for so long as the limit says, and any progress counts [R7.6]', () => {
  const { queue, clock, take } = slowQueue(100)
  clock.advance(STALLED_MS)
  expect(queue.isStalled).toBe(false)
  for (let i = 0; i < 3; i++) queue.push(text(90), 'kept')
  queue.flush()
  clock.advance(STALLED_MS - 1)
  expect(queue.isStalled).toBe(false)
  take()
  clock.advance(STALLED_MS - 1)
  expect(queue.isStalled).toBe(false)
  clock.advance(1)
  expect(queue.isStalled).toBe(true)
  take()
  take()
  expect(queue.isStalled).toBe(false)
})
