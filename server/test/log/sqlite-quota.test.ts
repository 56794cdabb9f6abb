// What gives way when there is no more room, and what happens when nothing can.
import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openFile } from '../../src/log/sqlite/file'
import { Maintenance } from '../../src/log/sqlite/maintenance'
import { inTransaction } from '../../src/log/sqlite/port'
import { openTables } from '../../src/log/sqlite/tables'
import { ENDED_FOR_MS } from '../../src/ports/event-log'
import { LogUnavailable } from '../../src/ports/log-unavailable'
import { fold } from '../../src/room/fold'
import { decided, LogWriter } from '../contract/log-writer'
import { LogFolder } from '../harness/log-folder'

const MIB = 1024 * 1024

/** Someone joins who brings `bytes` of metadata: no chat, so that nothing gives way. */
function fill(room: LogWriter, bytes: number): Promise<void> {
  const participant = { id: 'p', name: 'Ada', role: 'host', metadata: { text: 'x'.repeat(bytes) } } as const
  return room.write(decided({ type: 'participant.joined', participant }, 'p'))
}

test('the oldest chat of a room gives way at its bound; the room goes on', async () => {
  const files = new LogFolder()
  const log = files.open({ maxRoomBytes: 100_000 })
  const [room, other] = ['hall', 'other'].map((id) => new LogWriter(log, id, 'first', () => files.clock.now()))
  if (room === undefined || other === undefined) throw new Error('two rooms')
  await room.open()
  await other.open()
  await other.say('bob', 'said before all that')
  for (let i = 0; i < 500; i++) await room.say('ada', `${i} ${'x'.repeat(900)}`)
  const { messages, hasMore } = await log.history('hall', { limit: 1000 })
  expect(hasMore).toBe(false)
  expect(messages.length).toBeGreaterThan(50)
  expect(JSON.stringify(messages).length).toBeLessThan(110_000)
  expect(messages.at(-1)?.text).toMatch(/^499 /)
  expect((await log.load('hall')).state).toEqual(fold(room.records))
  expect((await log.history('other', { limit: 9 })).messages).toHaveLength(1)
})

test('the oldest chat of all rooms gives way when the file is full, and it never grows beyond its bound', async () => {
  const files = new LogFolder()
  const log = files.open({ maxBytes: 4 * MIB })
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  for (let i = 0; i < 200; i++)
    await room.say('ada', ...Array.from({ length: 20 }, (_, n) => `${i}.${n} `.padEnd(1500, 'x')))
  expect((await log.history('hall', { limit: 1 })).messages[0]?.text).toMatch(/^199\.19 /)
  expect((await log.load('hall')).state).toEqual(fold(room.records))
  await log.close()
  expect(statSync(files.path).size).toBeLessThanOrEqual(4 * MIB)
})

test('no chat gives way to what others have filled the disk with: the file must be near its own bound', () => {
  const files = new LogFolder()
  const nearness = [MIB, 64 * MIB].map((maxBytes) => {
    const db = openFile(files.path, { durability: 'process', maxBytes })
    const isNear = new Maintenance(db, files.clock).isNearItsBound()
    db.close()
    return isNear
  })
  expect(nearness).toEqual([true, false])
})

test('a file that is full of what cannot give way takes no batch, keeps what it has, and heals when something goes', async () => {
  const files = new LogFolder()
  const log = files.open({ maxBytes: MIB })
  const rooms: LogWriter[] = []
  const rejected = async (): Promise<unknown> => {
    for (;;) {
      const room = new LogWriter(log, `room-${rooms.length}`, 'first', () => files.clock.now())
      try {
        await room.open()
        await fill(room, 50_000)
      } catch (error) {
        return error
      }
      rooms.push(room)
    }
  }
  expect(await rejected()).toMatchObject({
    name: 'LogUnavailable',
    message: 'The disk is full, or the log has reached its maxBytes.',
    cause: expect.objectContaining({ message: 'database or disk is full' }),
  })
  await expect(log.probe()).rejects.toThrow(LogUnavailable)
  for (const room of rooms) expect((await log.load(room.roomId)).state).toEqual(fold(room.records))
  for (const { roomId } of rooms.splice(0, 3)) await log.forget(roomId, 'first')
  await expect(log.probe()).resolves.toBeUndefined()
  for (const room of rooms) await room.say('ada', 'there is room again')
  for (const room of rooms) expect((await log.load(room.roomId)).state).toEqual(fold(room.records))
})

test('a failure takes all rooms of its batch along, and each goes on where it stood [R3.1]', async () => {
  const files = new LogFolder()
  const log = files.open({ maxBytes: MIB })
  const [small, large] = ['small', 'large'].map((id) => new LogWriter(log, id, 'first', () => files.clock.now()))
  if (small === undefined || large === undefined) throw new Error('two rooms')
  await Promise.all([small.open(), large.open()])
  const both = await Promise.allSettled([small.join('ada'), fill(large, 2 * MIB)])
  expect(both).toMatchObject([{ reason: expect.any(LogUnavailable) }, { reason: expect.any(LogUnavailable) }])
  await Promise.all([small.join('bob'), fill(large, 100)])
  expect((await log.load('small')).state).toEqual(fold(small.records))
  expect((await log.load('large')).state).toEqual(fold(large.records))
})

test('a file gives its free pages back to the disk in the course of batches', async () => {
  const files = new LogFolder()
  const log = files.open({ chatDays: 1 })
  const past = new LogWriter(log, 'past', 'first', () => files.clock.now())
  await past.open()
  for (let i = 0; i < 300; i++) await past.say('ada', ...Array.from({ length: 20 }, (_, n) => `${i}.${n}`.padEnd(2000)))
  await past.end('empty')
  await log.forget('past', 'first')
  files.clock.advance(2 * 24 * 3600 * 1000)
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  for (let i = 0; i < 60; i++) await room.say('ada', 'hello')
  await log.close()
  expect(statSync(files.path).size).toBeLessThan(6 * MIB)
})

test('chat is removed when it is too old, though a batch that failed had removed it before that', () => {
  const DAY_MS = 24 * 3600 * 1000
  const db = openFile(':memory:', { durability: 'process', maxBytes: MIB })
  const { instances, chat } = openTables(db)
  const { id } = instances.add(instances.room('hall'), 'first')
  const add = (name: string, at: number) => {
    const message = { id: name, participantId: 'p', name: 'Ada', role: 'host', text: name, at } as const
    chat.add(id, { message, identity: 'ada' }, at)
  }
  add('older', 0)
  add('newer', 30_000)
  const failing = () => {
    chat.delete(id, 'older')
    chat.prune(DAY_MS, 30_000)
    throw new Error('the disk has failed')
  }
  expect(() => inTransaction(db, 'IMMEDIATE', failing)).toThrow('the disk has failed')
  const ids = () => chat.history('hall', { limit: 9 }).messages.map((message) => message.id)
  chat.prune(DAY_MS, DAY_MS)
  expect(ids()).toEqual(['older', 'newer'])
  chat.prune(DAY_MS, DAY_MS + 1)
  expect(ids()).toEqual(['newer'])
  db.close()
})

test('the ends of rooms leave the file when they reject no client any more, some in each batch', async () => {
  const files = new LogFolder()
  const log = files.open()
  const rooms = Array.from({ length: 250 }, (_, i) => new LogWriter(log, `room-${i}`, 'first', () => files.clock.now()))
  for (const room of rooms) {
    await room.open()
    await room.end('ended')
    await log.forget(room.roomId, 'first')
  }
  files.clock.advance(ENDED_FOR_MS)
  for (let i = 0; i < 3; i++) await log.probe()
  await log.close()
  expect(files.ask('SELECT count(*) FROM rooms')).toBe(0)
})
