import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type SqliteLogOptions, sqliteLog } from '../../src/log/sqlite/sqlite-log'
import { ENDED_FOR_MS } from '../../src/ports/event-log'
import { LogUnavailable } from '../../src/ports/log-unavailable'
import type { RoomLog } from '../../src/ports/room-log'
import { fold } from '../../src/room/fold'
import { describeChatArchive } from '../contract/chat-archive'
import { describeEventLog } from '../contract/event-log'
import { LogWriter } from '../contract/log-writer'
import { describeRecordSource, type OpenedSource } from '../contract/record-source'
import { FakeClock } from '../harness/fake-clock'
import { LogFolder } from '../harness/log-folder'

const openSqlite = (): OpenedSource => {
  const clock = new FakeClock()
  return { log: sqliteLog(':memory:', { clock }), now: () => clock.now(), advance: (ms) => clock.advance(ms) }
}
describeEventLog('the sqlite log in memory', openSqlite)
describeChatArchive('the sqlite log in memory', openSqlite)
describeRecordSource('the sqlite log in memory', openSqlite)

const openFile = (): OpenedSource => {
  const files = new LogFolder()
  return { log: files.open(), now: () => files.clock.now(), advance: (ms) => files.clock.advance(ms) }
}
describeEventLog('the sqlite log in a file', openFile)
describeChatArchive('the sqlite log in a file', openFile)
describeRecordSource('the sqlite log in a file', openFile)

describe('after a restart', () => {
  test('a room is as it was, its events can be replayed, and it goes on', async () => {
    const files = new LogFolder()
    const first = files.open()
    const room = new LogWriter(first, 'hall', 'first', () => files.clock.now())
    await room.open()
    await room.join('ada')
    for (let i = 0; i < 300; i++) await room.say('ada', `message ${i}`)
    await first.close()
    const second = files.open()
    expect((await second.load('hall')).state).toEqual(fold(room.records))
    expect(await second.since('hall', 'first', room.seq - 250)).toHaveLength(250)
    const goesOn = new LogWriter(second, 'hall', 'first', () => files.clock.now())
    goesOn.state = room.state
    await goesOn.say('ada', 'and on')
    expect((await second.history('hall', { limit: 1 })).messages).toMatchObject([{ text: 'and on' }])
  })

  test('a room that closed before it is forgotten, but its chat is not', async () => {
    const files = new LogFolder()
    const first = files.open()
    const room = new LogWriter(first, 'hall', 'first', () => files.clock.now())
    await room.open()
    await room.say('ada', 'goodbye')
    await room.end('empty')
    await first.close()
    const second = files.open()
    expect(await second.since('hall', 'first', 0)).toBeUndefined()
    expect((await second.history('hall', { limit: 9 })).messages).toMatchObject([{ text: 'goodbye' }])
  })
})

describe('after a restart with the clock set right, which was an hour ahead', () => {
  const HOUR_MS = 3_600_000

  /** A file that was written an hour ahead of its folder's clock, and is opened by that. */
  async function setRight(write: (log: RoomLog, now: () => number) => Promise<void>, options: SqliteLogOptions = {}) {
    const files = new LogFolder()
    const ahead = new FakeClock(files.clock.now() + HOUR_MS)
    const before = files.open({ ...options, clock: ahead })
    await write(before, () => ahead.now())
    await before.close()
    return { files, log: files.open(options) }
  }

  test('a room id is free a minute after the start, where the room was ended before', async () => {
    const { files, log } = await setRight(async (log, now) => {
      const room = new LogWriter(log, 'hall', 'first', now)
      await room.open()
      await room.end('ended')
    })
    files.clock.advance(ENDED_FOR_MS - 1)
    expect((await log.load('hall')).endedAt).toBeDefined()
    files.clock.advance(1)
    expect((await log.load('hall')).endedAt).toBeUndefined()
  })

  test('chat goes by its age again, that of before and that behind it', async () => {
    const dayMs = 24 * HOUR_MS
    const { files, log } = await setRight(
      async (log, now) => {
        const room = new LogWriter(log, 'hall', 'first', () => now() + 300 * dayMs)
        await room.open()
        await room.say('ada', 'ahead')
      },
      { chatDays: 1 },
    )
    const room = new LogWriter(log, 'other', 'first', () => files.clock.now())
    await room.open()
    await room.say('ada', 'right')
    files.clock.advance(dayMs)
    await log.probe()
    expect((await log.history('hall', { limit: 9 })).messages).toHaveLength(1)
    files.clock.advance(1)
    await log.probe()
    expect((await log.history('hall', { limit: 9 })).messages).toHaveLength(0)
    expect((await log.history('other', { limit: 9 })).messages).toHaveLength(0)
  })
})

describe('a turn of the event loop', () => {
  /** Pages of each transaction in the write-ahead log: a frame that names a size of the file ends one. */
  function transactions(path: string): number[] {
    const wal = readFileSync(`${path}-wal`)
    const frameBytes = 24 + wal.readUInt32BE(8)
    const pages = [0]
    for (let at = 32; at + frameBytes <= wal.length; at += frameBytes) {
      pages.push((pages.pop() ?? 0) + 1)
      if (wal.readUInt32BE(at + 4) > 0) pages.push(0)
    }
    return pages.slice(0, -1)
  }

  test('is one transaction, whatever number of rooms it has [R3.1]', async () => {
    const files = new LogFolder()
    const log = files.open()
    const rooms = Array.from({ length: 25 }, (_, i) => new LogWriter(log, `room-${i}`, 'first'))
    await Promise.all(rooms.map((room) => room.open()))
    const before = transactions(files.path).length
    await Promise.all(rooms.map((room) => room.join('ada')))
    expect(transactions(files.path)).toHaveLength(before + 1)
  })

  test('writes seven pages for a text: of rooms, instances, records with their index, and chat with its two', async () => {
    const files = new LogFolder()
    const room = new LogWriter(files.open(), 'hall', 'first', () => files.clock.now())
    await room.open()
    await room.say('ada', 'the author is new')
    const before = transactions(files.path).length
    await room.say('ada', 'one')
    await room.say('ada', 'two')
    expect(transactions(files.path).slice(before)).toEqual([7, 7])
  })

  test('keeps the other rooms’ batches when one of them does not go on where its room stands', async () => {
    const files = new LogFolder()
    const log = files.open()
    const rooms = ['one', 'two', 'three'].map((id) => new LogWriter(log, id, 'first', () => files.clock.now()))
    await Promise.all(rooms.map((room) => room.open()))
    const late = new LogWriter(log, 'two', 'first')
    const [one, again, three] = await Promise.allSettled([rooms[0]?.join('ada'), late.open(), rooms[2]?.join('ada')])
    expect([one?.status, again?.status, three?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(again).toMatchObject({ reason: expect.any(RangeError) })
    expect(await log.since('three', 'first', 0)).toHaveLength(2)
  })

  test('is not kept by a log that is closed: what was queued before is, what comes later is rejected', async () => {
    const files = new LogFolder()
    const log = files.open()
    const room = new LogWriter(log, 'hall', 'first')
    const queued = room.open()
    await log.close()
    await queued
    await expect(room.join('ada')).rejects.toThrow(LogUnavailable)
    await expect(log.load('hall')).rejects.toThrow(LogUnavailable)
    expect((await files.open().load('hall')).state?.room.seq).toBe(1)
  })
})
