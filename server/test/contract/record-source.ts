import { beforeEach, describe, expect, test } from 'vitest'
import { endOf, HELD_BACK, PAGE_RECORDS, type RecordSource } from '../../src/ports/record-feed'
import type { RoomLog } from '../../src/ports/room-log'
import { LogWriter } from './log-writer'
import { BAN, seqs } from './opened-log'

export type OpenedSource = {
  readonly log: RoomLog & RecordSource
  readonly now: () => number
  readonly advance: (ms: number) => void
}

/** Beyond the replay window: 300 KiB in 300 records. */
const LONG = 300
const TEXT = 'x'.repeat(1000)

/** What every log must do for readers of its records. `open` makes an empty one whose time a test can move. */
export function describeRecordSource(name: string, open: () => OpenedSource): void {
  describe(`${name} keeps the contract of a record source`, () => {
    let opened: OpenedSource
    let log: OpenedSource['log']
    beforeEach(async () => {
      opened = open()
      log = opened.log
      await log.setReaders(['reader'])
      return () => log.close()
    })

    const writer = (instance = 'first') => new LogWriter(log, 'hall', instance, () => opened.now())
    const hall = async (instance?: string) => {
      const room = writer(instance)
      await room.open()
      await room.join('ada')
      return room
    }
    const next = (reader = 'reader', instance = 'first') => log.nextPage(reader, 'hall', instance)
    /** Reads to the end; the seqs of each page. */
    async function readAll(reader = 'reader', instance = 'first') {
      const pages: (number[] | undefined)[] = []
      for (let page = await next(reader, instance); page !== undefined; page = await next(reader, instance)) {
        pages.push(seqs(page.records))
        await log.savePosition(reader, 'hall', instance, endOf(page))
      }
      return pages
    }
    /** As many batches as push the first records out of the replay window, with a snapshot behind them. */
    async function sayMuch(room: LogWriter, count = LONG) {
      for (let i = 0; i < count; i += 20) {
        await room.say('ada', ...Array.from({ length: 20 }, (_, n) => `${room.seq + n}${TEXT}`))
      }
    }

    test('a reader gets the whole records in their order, page by page, and then no more', async () => {
      const room = await hall()
      for (let i = 0; i < PAGE_RECORDS; i++) await room.say('ada', `message ${i}`)
      const first = await next()
      expect(first).toEqual({ roomId: 'hall', instance: 'first', records: room.records.slice(0, PAGE_RECORDS) })
      await log.savePosition('reader', 'hall', 'first', PAGE_RECORDS)
      expect((await next())?.records).toEqual(room.records.slice(PAGE_RECORDS))
      await log.savePosition('reader', 'hall', 'first', room.seq)
      expect(await next()).toBeUndefined()
      expect(await log.unread('reader')).toEqual([])
    })

    test('the same page comes again until its position is saved; a position never goes back', async () => {
      await hall()
      expect(seqs((await next())?.records)).toEqual([1, 2])
      expect(seqs((await next())?.records)).toEqual([1, 2])
      await log.savePosition('reader', 'hall', 'first', 2)
      await log.savePosition('reader', 'hall', 'first', 1)
      expect(await next()).toBeUndefined()
    })

    test('readers go on for themselves; a new one begins behind what is there, and one that is gone is forgotten', async () => {
      const room = await hall()
      await log.setReaders(['reader', 'late'])
      await room.say('ada', 'hello')
      expect(await readAll('reader')).toEqual([[1, 2, 3]])
      expect(await readAll('late')).toEqual([[3]])
      await log.setReaders(['late'])
      expect(await log.nextPage('reader', 'hall', 'first')).toBeUndefined()
      await log.setReaders(['reader', 'late'])
      expect(await readAll('reader')).toEqual([])
    })

    test('names the instances that are not read', async () => {
      await hall()
      await hall('second')
      await readAll('reader', 'second')
      expect(await log.unread('reader')).toMatchObject([{ roomId: 'hall', instance: 'first' }])
    })

    test('what is not read stays, though no resume reaches it, and goes once it was read', async () => {
      const room = await hall()
      await sayMuch(room)
      expect(await log.since('hall', 'first', 0)).toBeUndefined()
      expect((await readAll()).flat()).toEqual(room.records.map(({ seq }) => seq))
      await sayMuch(room)
      await log.setReaders(['reader', 'other'])
      await sayMuch(room)
      expect((await readAll()).flat()[0]).toBe(LONG + 3)
    })

    test('a room that was forgotten stays until it was read', async () => {
      const room = await hall()
      await room.end()
      await log.forget('hall', 'first')
      expect(await log.load('hall')).not.toHaveProperty('state')
      expect(await log.since('hall', 'first', 0)).toBeUndefined()
      expect(await log.unread('reader')).toMatchObject([{ roomId: 'hall', instance: 'first' }])
      expect(await readAll()).toEqual([[1, 2, 3]])
      expect(await log.unread('reader')).toEqual([])
    })

    test('beyond its bound of bytes a reader is told that it has a gap', async () => {
      const room = await hall()
      const text = 'x'.repeat(60_000)
      while (room.seq * text.length < HELD_BACK.bytes * 1.2) {
        await room.say('ada', ...Array.from({ length: 10 }, (_, n) => `${room.seq + n}${text}`))
      }
      const page = await next()
      const first = page?.records[0]?.seq ?? 0
      expect(page?.gap).toEqual({ from: 1, to: first - 1 })
      const held = (room.seq - first) * text.length
      expect(held).toBeGreaterThan(HELD_BACK.bytes * 0.9)
      expect(held).toBeLessThan(HELD_BACK.bytes * 1.1)
      expect((await readAll()).flat()[0]).toBe(first)
    })

    test('beyond its bound of time a reader is told that it has a gap', async () => {
      const room = await hall()
      await sayMuch(room)
      opened.advance(HELD_BACK.ms)
      expect((await next())?.gap).toBeUndefined()
      opened.advance(1)
      await sayMuch(room, 200)
      const page = await next()
      expect(page?.gap).toEqual({ from: 1, to: LONG + 2 })
      expect(page?.records[0]?.seq).toBe(LONG + 3)
    })

    test('a forgotten room that no reader reads in time leaves a gap, which is told once', async () => {
      const room = await hall()
      await room.end()
      await log.forget('hall', 'first')
      opened.advance(HELD_BACK.ms + 1)
      await (await hall('second')).end()
      await log.forget('hall', 'second')
      expect(await next()).toEqual({ roomId: 'hall', instance: 'first', records: [], gap: { from: 1, to: 3 } })
      await readAll()
      expect(await log.unread('reader')).toMatchObject([{ instance: 'second' }])
    })

    test('erasing an identity reaches what is held back, of forgotten rooms too', async () => {
      const room = await hall()
      await room.say('ada', 'secret of hers')
      await room.delete('secret of hers')
      await sayMuch(room)
      const before = await hall('before')
      await before.end()
      await log.forget('hall', 'before')
      await log.eraseIdentity('ada')
      const pages = [await next(), await next('reader', 'before')]
      expect(pages.map((page) => page?.records[1]?.event.type)).toEqual(['participant.joined', 'participant.joined'])
      expect(JSON.stringify(pages)).not.toMatch(/"text":"secret|ada's name|"identity":"ada"|"author":"ada"/)
    })

    test('an erased room is not read any more', async () => {
      const room = await hall()
      await room.write({ event: { type: 'room.locked' }, by: null, secret: { banned: BAN } })
      await room.end()
      await log.forget('hall', 'first')
      await log.eraseRoom('hall')
      expect(await next()).toBeUndefined()
      expect(await log.unread('reader')).toEqual([])
    })
  })
}
