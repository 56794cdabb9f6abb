import { describe, expect, onTestFinished, test } from 'vitest'
import { watchLog } from '../../src/hosting/log-health'
import { RecordFeed } from '../../src/hosting/record-feed'
import { memoryLog } from '../../src/log/memory/memory-log'
import { LogUnavailable } from '../../src/ports/log-unavailable'
import type { RecordPage, RecordReader, RecordSource } from '../../src/ports/record-feed'
import type { RoomLog } from '../../src/ports/room-log'
import { LogWriter } from '../contract/log-writer'
import { FakeClock } from '../harness/fake-clock'
import { LogFolder } from '../harness/log-folder'

type FedLog = RoomLog & RecordSource

/** A reader for tests: it notes what it gets, and does with it what a test says. */
class TestReader implements RecordReader {
  readonly pages: RecordPage[] = []
  /** Told of each page; a page is read when this resolves. */
  handle: (page: RecordPage) => Promise<void> = async () => {}

  constructor(readonly name = 'reader') {}

  /** Seqs in the order of their coming, those that came again among them. */
  get seqs(): number[] {
    return this.pages.flatMap(({ records }) => records.map(({ seq }) => seq))
  }

  async read(page: RecordPage): Promise<void> {
    this.pages.push(page)
    await this.handle(page)
  }
}

const NEVER = new Promise<never>(() => {})

function feedOf(log: FedLog, clock: FakeClock, ...readers: RecordReader[]) {
  const warnings: object[] = []
  const warn = (fields: object) => void warnings.push(fields)
  const logger = { debug: () => {}, info: () => {}, warn, error: warn }
  const feed = new RecordFeed({ source: log, readers, clock, logger })
  onTestFinished(() => feed.close())
  const watched = watchLog(log, clock, logger, (batch) => feed.kept(batch))
  const writer = (instance = 'first') => new LogWriter(watched, 'hall', instance, () => clock.now())
  return { feed, writer, warnings }
}

const kinds: [name: string, open: () => FedLog][] = [
  ['the memory log', () => memoryLog()],
  ['the sqlite log', () => new LogFolder().open()],
]

describe.each(kinds)('the record feed on %s', (_, open) => {
  test('gives a reader what was kept, in order, and rooms apart', async () => {
    const reader = new TestReader()
    const { feed, writer } = feedOf(open(), new FakeClock(), reader)
    await feed.start()
    const rooms = [writer(), writer('second')]
    await Promise.all(rooms.map((room) => room.open()))
    await Promise.all(rooms.map((room) => room.join('ada')))
    await expect.poll(() => reader.seqs.length).toBe(4)
    for (const { instance, records } of rooms) {
      const read = reader.pages.filter((page) => page.instance === instance).flatMap((page) => page.records)
      expect(read).toEqual(records)
    }
  })

  test('goes on where a reader was; what was handled, but not saved, comes again', async () => {
    const log = open()
    const before = new TestReader()
    const first = feedOf(log, new FakeClock(), before)
    await first.feed.start()
    const room = first.writer()
    await room.open()
    await expect.poll(() => before.seqs).toEqual([1])
    // The process dies when the second record is handled, and before that is saved.
    await expect.poll(() => log.unread('reader')).toEqual([])
    before.handle = async () => first.feed.close()
    await room.join('ada')
    await expect.poll(() => before.seqs).toEqual([1, 2])
    await room.say('ada', 'missed by a feed that is closed')
    const after = new TestReader()
    await feedOf(log, new FakeClock(), after).feed.start()
    await expect.poll(() => after.seqs).toEqual([2, 3])
  })

  test('a reader that never ends holds up neither rooms nor other readers', async () => {
    const [slow, fast] = [new TestReader('slow'), new TestReader('fast')]
    slow.handle = () => NEVER
    const { feed, writer } = feedOf(open(), new FakeClock(), slow, fast)
    await feed.start()
    const room = writer()
    await room.open()
    for (let i = 0; i < 20; i++) await room.say('ada', `message ${i}`)
    await expect.poll(() => fast.seqs).toEqual(room.records.map(({ seq }) => seq))
    expect(slow.pages).toHaveLength(1)
  })

  test('a reader that fails gets the same again after 1 s, 2 s and so on; other rooms go on meanwhile', async () => {
    const clock = new FakeClock()
    const reader = new TestReader()
    const { feed, writer, warnings } = feedOf(open(), clock, reader)
    reader.handle = async ({ instance }) => {
      if (instance === 'first') throw new Error('the webhook is down')
    }
    await feed.start()
    const room = writer()
    const times = (count: number) =>
      expect.poll(() => reader.pages.filter((page) => page.instance === 'first').length).toBe(count)
    await room.open()
    await times(1)
    await expect.poll(() => warnings).toMatchObject([{ reader: 'reader', room: 'hall', retryMs: 1000 }])
    await room.join('ada')
    await writer('second').open()
    await expect.poll(() => reader.pages.some((page) => page.instance === 'second')).toBe(true)
    await times(1)
    clock.advance(1000)
    await times(2)
    await expect.poll(() => warnings.at(-1)).toMatchObject({ retryMs: 2000 })
    reader.handle = async () => {}
    clock.advance(1999)
    await times(2)
    clock.advance(1)
    await times(3)
    expect(reader.pages.at(-1)?.records.map(({ seq }) => seq)).toEqual([1, 2])
  })

  test('starts as soon as the log can take it', async () => {
    const clock = new FakeClock()
    const reader = new TestReader()
    const log = open()
    const setReaders = log.setReaders.bind(log)
    log.setReaders = () => Promise.reject(new LogUnavailable('broken by a test'))
    const { feed, writer } = feedOf(log, clock, reader)
    await feed.start()
    log.setReaders = setReaders
    clock.advance(1000)
    await expect.poll(() => log.unread('reader')).toEqual([])
    const room = writer()
    await expect
      .poll(async () => {
        await (room.seq === 0 ? room.open() : room.say('ada', `${room.seq}`))
        return reader.seqs.length
      })
      .toBeGreaterThan(0)
  })

  test('gives nothing more when it is closed', async () => {
    const reader = new TestReader()
    const log = open()
    const { feed, writer } = feedOf(log, new FakeClock(), reader)
    await feed.start()
    feed.close()
    await writer().open()
    expect(await log.unread('reader')).toMatchObject([{ instance: 'first' }])
    expect(reader.pages).toEqual([])
  })
})

test('a reader goes on where it was after a restart of the process', async () => {
  const files = new LogFolder()
  const reader = new TestReader()
  const log = files.open()
  const first = feedOf(log, files.clock, reader)
  await first.feed.start()
  const room = first.writer()
  await room.open()
  await room.join('ada')
  await expect.poll(() => reader.seqs).toEqual([1, 2])
  await expect.poll(() => log.unread('reader')).toEqual([])
  first.feed.close()
  await room.end()
  await log.close()
  const again = new TestReader()
  const reopened = files.open()
  await feedOf(reopened, files.clock, again).feed.start()
  await expect.poll(() => again.seqs).toEqual([3])
  await expect.poll(() => reopened.unread('reader')).toEqual([])
  await reopened.close()
  expect(files.ask('SELECT count(*) FROM records')).toBe(0)
})
