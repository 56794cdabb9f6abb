import { EVENT_VERSION, NO_SOURCES } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { memoryLog } from '../../src/log/memory/memory-log'
import { readSnapshot, SNAPSHOT_VERSION, writeSnapshot } from '../../src/log/snapshot'
import { loadSqlite } from '../../src/log/sqlite/driver'
import { checkFile, MIGRATIONS, migrate } from '../../src/log/sqlite/schema'
import { RECORD_STEPS, upcast } from '../../src/log/upcast'
import { LogUnavailable } from '../../src/ports/log-unavailable'
import type { ServerState } from '../../src/room/slices'
import { decided, LogWriter } from '../contract/log-writer'

/** A made-up past: version 1 had one name, version 2 two of them, version 3 has a list. */
const STEPS = [
  (old: unknown) => ({ first: (old as { name: string }).name, last: '' }),
  (old: unknown) => ({ names: Object.values(old as object) }),
]

test('a value of any older version is brought forward step by step', () => {
  expect(upcast({ name: 'Ada' }, 1, STEPS)).toEqual({ names: ['Ada', ''] })
  expect(upcast({ first: 'Ada', last: 'Lovelace' }, 2, STEPS)).toEqual({ names: ['Ada', 'Lovelace'] })
  expect(upcast({ names: ['Ada'] }, 3, STEPS)).toEqual({ names: ['Ada'] })
})

test('a value of a newer version is not guessed at', () => {
  expect(() => upcast({}, 4, STEPS)).toThrow(LogUnavailable)
})

test('every version of an event that was stored has its step', () => {
  expect(RECORD_STEPS).toHaveLength(EVENT_VERSION - 1)
})

/** A room with something in each map of its ledger. */
async function richState(): Promise<ServerState> {
  const room = new LogWriter(memoryLog(), 'hall', 'first')
  const ban = { id: 'ban', identity: 'eve', name: 'Eve', at: 5 }
  await room.open({ bans: [ban] })
  await room.join('ada')
  await room.write(
    decided({ type: 'room.locked' }, 'p-ada', {
      command: { participantId: 'p-ada', id: 7 },
      override: { identity: '__proto__', role: 'viewer' },
      removal: { identity: 'mallory', until: null },
    }),
  )
  const camera = { published: true, muted: true, interrupted: false, mutedBy: 'p-bob' }
  await room.write(
    decided({ type: 'media.changed', participantId: 'p-ada', sources: { ...NO_SOURCES, camera } }, 'p-bob'),
  )
  await room.say('ada', 'hello')
  if (room.state === undefined) throw new Error('an open room')
  return room.state
}

test('a state is the same after it was a snapshot', async () => {
  const state = await richState()
  expect(state.ledger.sessions.get('p-ada')?.answered).toEqual([[7, 3]])
  expect(readSnapshot(writeSnapshot(state), SNAPSHOT_VERSION)).toEqual(state)
})

test('a snapshot of an older version is brought forward before it is read', async () => {
  const state = await richState()
  const { room, ledger } = JSON.parse(writeSnapshot(state))
  const renamed = JSON.stringify({ place: room, book: ledger })
  const step = (old: unknown) => {
    const { place, book } = old as { place: unknown; book: unknown }
    return { room: place, ledger: book }
  }
  expect(readSnapshot(renamed, 1, [step])).toEqual(state)
})

test('a room that is older than a slice has the part of that slice as it begins', async () => {
  const state = await richState()
  const { room, ledger } = JSON.parse(writeSnapshot(state))
  const { stageRequests, ...older } = room
  expect(stageRequests).toEqual([])
  expect(readSnapshot(JSON.stringify({ room: older, ledger }), SNAPSHOT_VERSION)).toEqual(state)
})

test('a file of an older schema is brought forward, all or nothing, and a newer one is rejected', () => {
  const db = loadSqlite()(':memory:')
  migrate(db)
  db.exec("INSERT INTO rooms (name) VALUES ('hall')")
  const next = [...MIGRATIONS, 'ALTER TABLE rooms ADD COLUMN colour TEXT']
  expect(() => migrate(db, [...next, 'NONSENSE'])).toThrow('syntax error')
  expect(db.pragma('user_version')).toBe(MIGRATIONS.length)
  migrate(db, next)
  expect(db.prepare('SELECT name, colour FROM rooms').all()).toEqual([{ name: 'hall', colour: null }])
  expect(() => checkFile(db, 'rooms.db', next.length)).not.toThrow()
  expect(() => checkFile(db, 'rooms.db')).toThrow('rooms.db was written by a newer version of Peerstage')
  db.close()
})
