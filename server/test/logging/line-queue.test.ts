import { expect, test } from 'vitest'
import { LineQueue, MAX_QUEUED_BYTES, type Sink } from '../../src/logging/line-queue'

/** A stderr that answers when the test wants it to. */
function stderr() {
  const taken: Buffer[] = []
  let inHand: { bytes: Buffer; done: Parameters<Sink['write']>[1] } | undefined
  let writes = 0
  const sink: Sink = {
    write(bytes, done) {
      expect(inHand, 'one write at a time').toBeUndefined()
      writes++
      inHand = { bytes, done }
    },
    writeLast(bytes) {
      taken.push(bytes)
    },
  }
  const answer = (error: NodeJS.ErrnoException | null, size: number) => {
    const { bytes, done } = inHand ?? expect.fail('nothing is being written')
    const written = bytes.subarray(0, size)
    taken.push(written)
    inHand = undefined
    done(error, written.length)
  }
  return {
    queue: new LineQueue(sink),
    take: (size = Number.POSITIVE_INFINITY) => answer(null, size),
    fail: (code: string) => answer(Object.assign(new Error(code), { code }), 0),
    takeAll() {
      while (inHand !== undefined) answer(null, Number.POSITIVE_INFINITY)
    },
    get text() {
      return Buffer.concat(taken).toString()
    },
    get writes() {
      return writes
    },
  }
}

const told = (dropped: number) => ({
  level: 40,
  time: expect.any(Number),
  msg: expect.stringContaining('dropped'),
  dropped,
})

test('lines are written in order, one write at a time, all that wait in the next', () => {
  const out = stderr()
  for (const line of ['1\n', '2\n', '3\n']) out.queue.write(line)
  out.take()
  expect(out.text).toBe('1\n')
  out.take()
  expect([out.text, out.writes]).toEqual(['1\n2\n3\n', 2])
})

test('a write that took a part goes on where it ended, within a character too', () => {
  const out = stderr()
  out.queue.write('héllo\n')
  out.queue.write('world\n')
  out.take(2)
  out.takeAll()
  expect(out.text).toBe('héllo\nworld\n')
})

test('what waits has a bound; beyond it lines are dropped, and a line tells how many, once [R7.8]', () => {
  const out = stderr()
  const line = `${'x'.repeat(1023)}\n`
  const room = MAX_QUEUED_BYTES / line.length
  for (let sent = 0; sent < room + 5; sent++) out.queue.write(line)
  out.take()
  out.queue.write('after\n')
  out.takeAll()
  out.queue.write('later\n')
  out.takeAll()
  const lines = out.text.trimEnd().split('\n')
  expect(lines.slice(0, room)).toEqual(Array.from({ length: room }, () => line.trimEnd()))
  const [note = '', ...others] = lines.slice(room)
  expect(JSON.parse(note)).toEqual(told(5))
  expect(others).toEqual(['after', 'later'])
})

test.each(['ENOSPC', 'EPIPE', 'EIO'])(
  '%s ends nothing: these lines are dropped, and told once writing works again [R7.1]',
  (code) => {
    const out = stderr()
    out.queue.write('1\n')
    out.queue.write('2\n')
    out.fail(code)
    out.fail(code)
    out.queue.write('3\n')
    out.take()
    out.queue.write('4\n')
    out.takeAll()
    const [third, note = '', fourth, ...none] = out.text.trimEnd().split('\n')
    expect([third, fourth, none]).toEqual(['3', '4', []])
    expect(JSON.parse(note)).toEqual(told(2))
  },
)

test('a note that could not be written is written later, and is no line that was dropped', () => {
  const out = stderr()
  out.queue.write('1\n')
  out.fail('ENOSPC')
  out.queue.write('2\n')
  out.take()
  out.fail('ENOSPC')
  out.queue.write('3\n')
  out.takeAll()
  const [second, third, note = ''] = out.text.trimEnd().split('\n')
  expect([second, third]).toEqual(['2', '3'])
  expect(JSON.parse(note)).toEqual(told(1))
})

test('the next line after one that broke off begins anew', () => {
  const out = stderr()
  out.queue.write('{"msg":"broken"}\n')
  out.take(8)
  out.fail('ENOSPC')
  out.queue.write('{"msg":"whole"}\n')
  out.takeAll()
  const [broken, whole, note = ''] = out.text.trimEnd().split('\n')
  expect([broken, whole]).toEqual(['{"msg":"', '{"msg":"whole"}'])
  expect(JSON.parse(note)).toEqual(told(1))
})

test.each(['EAGAIN', 'EBUSY'])('%s is tried again, and nothing is lost', async (code) => {
  const out = stderr()
  out.queue.write('1\n')
  out.fail(code)
  out.queue.write('2\n')
  await expect.poll(() => out.writes).toBe(2)
  out.takeAll()
  expect(out.text).toBe('1\n2\n')
})

test('an end waits for what waits, and not for a stderr that takes nothing [R8.2]', async () => {
  const out = stderr()
  await out.queue.flushed()
  out.queue.write('1\n')
  await out.queue.flushed()
  expect(out.text).toBe('')
  const flushed = out.queue.flushed()
  out.take()
  await flushed
  expect(out.text).toBe('1\n')
})

test('the last try is of what is not being written', () => {
  const out = stderr()
  out.queue.write('1\n')
  out.queue.write('2\n')
  out.queue.writeLast()
  expect(out.text).toBe('2\n')
  const other = stderr()
  other.queue.write('1\n')
  other.fail('EAGAIN')
  other.queue.write('2\n')
  other.queue.writeLast()
  expect(other.text).toBe('1\n2\n')
})
