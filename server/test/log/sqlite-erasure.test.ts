// What is erased is gone from the files, not only from the answers.
import { copyFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sqliteLog } from '../../src/log/sqlite/sqlite-log'
import type { RoomLog } from '../../src/ports/room-log'
import { fold } from '../../src/room/fold'
import { decided, LogWriter } from '../contract/log-writer'
import { LogFolder } from '../harness/log-folder'

async function hall(files: LogFolder, log: RoomLog, roomId = 'hall'): Promise<LogWriter> {
  const room = new LogWriter(log, roomId, 'first', () => files.clock.now())
  await room.open()
  await room.join('ada')
  await room.join('bob')
  return room
}

/** Ids are the first 40 characters of a text: what is behind them stands in the message alone. */
const secretly = (text: string) => `${text.padEnd(40, '.')} between the two of us`

test('a deleted message is in no file when its deletion is answered, though record and projection held it [R3.10]', async () => {
  const files = new LogFolder()
  const room = await hall(files, files.open())
  await room.say('ada', secretly('plums'), 'kept')
  expect(files.holds(secretly('plums'))).toBe(true)
  await room.delete('plums'.padEnd(40, '.'))
  expect(files.holds(secretly('plums'))).toBe(false)
  expect(files.holds('"text":"kept"')).toBe(true)
})

test('a deleted message is in no file though a snapshot held it [R3.10]', async () => {
  const files = new LogFolder()
  const log = files.open()
  const room = await hall(files, log)
  for (let i = 0; i < 150; i++) await room.say('ada', `before ${i}`)
  await room.say('ada', secretly('plums'))
  // With these comes the first snapshot.
  for (let i = 0; i < 60; i++) await room.say('ada', `after ${i}`)
  await room.delete('plums'.padEnd(40, '.'))
  expect(files.holds(secretly('plums'))).toBe(false)
  expect((await log.load('hall')).state).toEqual(fold(room.records))
})

test('of many messages deleted one after the other, the last is in no file a second later [R3.10]', async () => {
  const files = new LogFolder()
  const room = await hall(files, files.open())
  for (const word of ['plums', 'pears', 'figs']) await room.say('ada', secretly(word))
  for (const word of ['plums', 'pears', 'figs']) await room.delete(word.padEnd(40, '.'))
  files.clock.advance(1000)
  expect(['plums', 'pears', 'figs'].filter((word) => files.holds(secretly(word)))).toEqual([])
})

test('an erased room is in no file [R3.15]', async () => {
  const files = new LogFolder()
  const log = files.open()
  const room = await hall(files, log)
  for (let i = 0; i < 300; i++) await room.say('ada', secretly(`plums ${i}`))
  await (await hall(files, log, 'other')).say('bob', secretly('pears'))
  await room.end()
  await log.forget('hall', 'first')
  expect(files.holds('between the two of us')).toBe(true)
  await log.eraseRoom('hall')
  expect(files.holds('plums')).toBe(false)
  expect(files.holds(secretly('pears'))).toBe(true)
})

test('an erased identity of which no room decided anything is in no file: no text, no name, nothing of its token, nor itself [R3.15]', async () => {
  const files = new LogFolder()
  const log = files.open()
  const room = await hall(files, log)
  await room.say('ada', secretly('plums'))
  await room.say('bob', secretly('pears'))
  const past = await hall(files, log, 'past')
  await past.say('ada', secretly('figs'))
  await past.end('empty')
  await log.forget('past', 'first')
  await room.delete('plums'.padEnd(40, '.'))
  await room.leave('ada')
  await log.eraseIdentity('ada')
  for (const trace of [secretly('plums'), secretly('figs'), "ada's name", '"of":"ada"', '"ada"', 'ada-hash']) {
    expect([trace, files.holds(trace)]).toEqual([trace, false])
  }
  expect(files.holds(secretly('pears'))).toBe(true)
  expect((await log.load('hall')).state).toEqual(room.state)
  await log.close()
  expect((await files.open().load('hall')).state).toEqual(room.state)
})

test('what a room decided of an identity outlives its erasing: a role given and a kick until the room closes, a ban until it is lifted [R3.15]', async () => {
  const files = new LogFolder()
  const log = files.open()
  const room = await hall(files, log)
  const identities = ['with a role', 'kicked', 'banned'] as const
  const [given, kicked, banned] = identities
  const ban = { id: 'ban', identity: banned, name: 'as it was', at: files.clock.now() }
  const roleChanged = { type: 'participant.roleChanged', participantId: 'p-bob', role: 'viewer' } as const
  const left = { type: 'participant.left', participantId: 'p-bob', reason: 'removed' } as const
  const bansChanged = { type: 'room.bansChanged' } as const
  await room.write(
    decided({ ...roleChanged, reason: 'moderation' }, null, { override: { identity: given, role: 'viewer' } }),
    decided(left, null, { removal: { identity: kicked, until: null } }),
    decided(bansChanged, null, { banned: ban }),
  )
  for (const identity of identities) await log.eraseIdentity(identity)
  const held = () => identities.filter((identity) => files.holds(`"${identity}"`))
  expect(held()).toEqual([given, kicked, banned])
  expect((await log.load('hall')).state).toEqual(room.state)
  await close(files, log, room)
  expect(held()).toEqual([banned])
  const next = new LogWriter(log, 'hall', 'next', () => files.clock.now())
  await next.open({ bans: [ban] })
  await next.write(decided(bansChanged, null, { unbanned: ban.id }))
  await close(files, log, next)
  expect(held()).toEqual([])
})

/** A room closes, and is let go of. The files are clean a second later at most. */
async function close(files: LogFolder, log: RoomLog, room: LogWriter): Promise<void> {
  await room.end('empty')
  await log.forget(room.roomId, room.instance)
  files.clock.advance(1000)
}

test('a process that ends before the files are clean leaves that to the next start', async () => {
  const files = new LogFolder()
  const room = await hall(files, files.open())
  await room.say('ada', secretly('plums'), secretly('pears'))
  await room.delete('plums'.padEnd(40, '.'))
  await room.delete('pears'.padEnd(40, '.'))
  expect(files.holds(secretly('pears'))).toBe(true)
  // As the disk is when the process is killed now.
  const left = new LogFolder()
  copyFileSync(files.path, left.path)
  copyFileSync(`${files.path}-wal`, `${left.path}-wal`)
  const log = left.open()
  expect(left.holds(secretly('pears'))).toBe(false)
  expect((await log.load('hall')).state).toEqual(room.state)
})

test('chat is kept for its days, and is in no file some batches after', async () => {
  const files = new LogFolder()
  const log = sqliteLog(files.path, { clock: files.clock, chatDays: 2 })
  const past = await hall(files, log, 'past')
  for (let i = 0; i < 1200; i++) await past.say('ada', secretly(`plums ${i}`))
  await past.end('empty')
  await log.forget('past', 'first')
  files.clock.advance(47 * 3600 * 1000)
  const room = await hall(files, log)
  expect((await log.history('past', { limit: 10 })).messages).toHaveLength(10)
  files.clock.advance(2 * 3600 * 1000)
  for (let i = 0; i < 3; i++) await room.say('bob', secretly('pears'))
  expect((await log.history('past', { limit: 10 })).messages).toEqual([])
  await log.close()
  expect(files.holds('plums')).toBe(false)
})

test.each([
  ['an identity', (log: RoomLog) => log.eraseIdentity('ada')],
  ['a room', (log: RoomLog) => log.eraseRoom('hall')],
])(
  'while %s with very many messages is erased, others have their batches; then all of them are gone',
  async (_, erase) => {
    const files = new LogFolder()
    const log = files.open()
    const room = await hall(files, log)
    const other = await hall(files, log, 'other')
    for (let i = 0; i < 25; i++) await room.say('ada', ...Array.from({ length: 100 }, (_, j) => `${i} ${j}`))
    expect(await log.messagesOf('ada')).toHaveLength(2500)
    await room.end()
    await log.forget('hall', 'first')
    const order: string[] = []
    const erased = erase(log).then(() => order.push('erased'))
    await other.say('bob', 'meanwhile').then(() => order.push('said'))
    await erased
    expect(order).toEqual(['said', 'erased'])
    expect(await log.messagesOf('ada')).toEqual([])
    expect((await log.history('hall', { limit: 1 })).messages).toEqual([])
    expect((await log.history('other', { limit: 9 })).messages).toHaveLength(1)
  },
)

test('of an identity that speaks among others, in several rooms and instances, all is found and erased, and nothing else [R3.15]', async () => {
  const files = new LogFolder()
  const log = files.open()
  const past = await hall(files, log)
  await past.say('ada', 'in the past')
  await past.end('empty')
  const room = new LogWriter(log, 'hall', 'second', () => files.clock.now())
  await room.open()
  await room.join('ada')
  for (let i = 0; i < 12; i++) {
    await room.say('ada', ...Array.from({ length: 100 }, (_, j) => `hers ${i} ${j}`))
    await room.say('bob', ...Array.from({ length: 100 }, (_, j) => `his ${i} ${j}`))
  }
  await (await hall(files, log, 'other')).say('ada', 'elsewhere')
  const found = await log.messagesOf('ada')
  expect(found).toHaveLength(1202)
  expect(found).toContainEqual({ roomId: 'hall', instance: 'first', messageId: 'in the past' })
  expect(found).toContainEqual({ roomId: 'other', instance: 'first', messageId: 'elsewhere' })
  await room.leave('ada')
  await log.eraseIdentity('ada')
  expect(await log.messagesOf('ada')).toEqual([])
  expect(await log.messagesOf('bob')).toHaveLength(1200)
  expect((await log.history('hall', { limit: 2000 })).messages.map(({ text }) => text.slice(0, 3))).toEqual(
    Array.from({ length: 1200 }, () => 'his'),
  )
  expect((await log.load('hall')).state).toEqual(room.state)
})

test('of an instance that was forgotten, and whose chat was too old, no identity is in a file', async () => {
  const files = new LogFolder()
  const log = sqliteLog(files.path, { clock: files.clock, chatDays: 2 })
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  await room.join('countess')
  await room.say('countess', 'plums')
  await room.leave('countess')
  await room.end('empty')
  await log.forget('hall', 'first')
  expect(files.holds('countess')).toBe(true)
  files.clock.advance(3 * 24 * 3600 * 1000)
  await hall(files, log, 'other')
  await log.close()
  expect(files.holds('countess')).toBe(false)
})
