// A feature is a slice: three files of the same name, and one line in each register. This reads the tree to prove it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { memoryLog } from '../src/log/memory/memory-log'
import { readSnapshot, SNAPSHOT_VERSION, writeSnapshot } from '../src/log/snapshot'
import { decide } from '../src/room/decide'
import { fold } from '../src/room/fold'
import type { ServerState } from '../src/room/slices'
import { LEDGER_PARTS, SLICES } from '../src/room/slices'
import { decided, LogWriter } from './contract/log-writer'
import { RULES } from './harness/room-rules'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const FOLDERS = ['sdk/src/protocol', 'server/src/room', 'sdk/src/verbs']

const MESSAGES = 'sdk/src/protocol/client-message.ts'
const EVENTS = 'sdk/src/protocol/slices.ts'
const SERVER = 'server/src/room/slices.ts'
const PERMISSIONS = 'sdk/src/protocol/permissions.ts'
const VERBS = 'sdk/src/verbs/slices.ts'

/** Each feature, what its own names begin with, and the permissions that it has. Casts are no events, and are not folded. */
const FEATURES = [
  { name: 'chat', stem: 'chat', permissions: ['chat', 'deleteMessages'], hasEvents: true },
  { name: 'pins', stem: 'pins?', permissions: ['pinMessages'], hasEvents: true },
  { name: 'stage', stem: 'stage', permissions: ['requestStage', 'leaveStage', 'manageStage'], hasEvents: true },
  { name: 'media', stem: 'media', permissions: ['publish', 'mute'], hasEvents: true },
  {
    name: 'moderation',
    stem: 'moderation',
    permissions: ['kick', 'ban', 'setRole', 'lock', 'endRoom'],
    hasEvents: true,
  },
  { name: 'reactions', stem: 'reactions?', permissions: ['react'], hasEvents: false },
  { name: 'data', stem: 'data', permissions: ['sendData'], hasEvents: false },
]

/** The lines of a register, without imports and comments. */
const linesOf = (register: string): string[] =>
  readFileSync(join(repository, register), 'utf8')
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .replace(/^import [\s\S]*? from '.*'$/gm, '')
    .split('\n')

const naming = (register: string, stem: string): string[] =>
  linesOf(register).filter((line) => new RegExp(`\\b${stem}(Commands|Cast|Slice|Handlers)?\\b`).test(line))

describe.each(FEATURES)('the feature $name', ({ name, stem, permissions, hasEvents }) => {
  test.each(FOLDERS)('has its file in %s', (folder) => {
    expect(existsSync(join(repository, folder, `${name}.ts`))).toBe(true)
  })

  test.each([MESSAGES, SERVER, VERBS, ...(hasEvents ? [EVENTS] : [])])(
    'is one line, or part of one, of %s',
    (register) => {
      expect(naming(register, stem)).toHaveLength(1)
    },
  )

  test.each(permissions)('has the permission %s in one line of the table', (permission) => {
    const rows = linesOf(PERMISSIONS).filter((line) => line.trim().startsWith(`${permission}: [`))
    expect(rows).toHaveLength(1)
  })
})

/** What an app may name of a feature, and the wire as it is: neither is a register. */
const EXPORTS = 'sdk/src/index.ts'
const FINGERPRINT = 'sdk/src/protocol/fingerprint.json'

/** Any name with `pin` or `pins` as one of its words; `ping`, `pino` and `mapping` have none. */
const PIN = /(?<![a-z])(?:un)?pin(?![go])|Pin(?![go])|(?<![A-Z])PIN(?![A-Z])|PINS/

test('pins, the feature that was added last, are named in their own files and the registers alone', () => {
  const files = ['sdk/src', 'server/src'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file.replaceAll('\\', '/')}`,
    ),
  )
  const naming = files
    .filter((file) => /\.(?:ts|json)$/.test(file) && !file.endsWith('/pins.ts'))
    .filter((file) => PIN.test(readFileSync(join(repository, file), 'utf8')))
  expect(naming.sort()).toEqual([EVENTS, SERVER, MESSAGES, PERMISSIONS, VERBS, EXPORTS, FINGERPRINT].sort())
})

/** A room in which no part of the ledger is as it begins, in one way or the other. */
async function usedRooms(): Promise<ServerState[]> {
  const rooms = ['ended', 'empty'].map((roomId) => new LogWriter(memoryLog(), roomId, 'first'))
  for (const room of rooms) {
    await room.open({ bans: [{ id: 'ban', identity: 'eve', name: 'Eve', at: 5 }] })
    await room.join('ada')
    const override = { identity: 'ada', role: 'viewer' }
    const removal = { identity: 'mallory', until: null }
    await room.write(decided({ type: 'room.locked' }, 'p-ada', { override, removal }))
    await room.leave('ada')
    await room.join('bob')
  }
  const [ended, empty] = rooms
  await ended?.end()
  await empty?.leave('bob')
  return rooms.map(({ records }) => {
    const state = fold(records)
    if (state === undefined) throw new Error('an open room')
    return state
  })
}

describe.each(Object.entries(LEDGER_PARTS))('the part %s of the ledger', (name, { start }) => {
  const partOf = ({ ledger }: ServerState) => (ledger as Record<string, unknown>)[name]

  test('belongs to one slice', () => {
    expect(SLICES.filter((slice) => 'ledger' in slice && name in slice.ledger)).toHaveLength(1)
  })

  test('is folded, and is the same after it was stored', async () => {
    const rooms = await usedRooms()
    expect(rooms.map(partOf)).not.toEqual(rooms.map(() => start))
    const stored = rooms.map((room) => readSnapshot(writeSnapshot(room), SNAPSHOT_VERSION))
    expect(stored.map(partOf)).toEqual(rooms.map(partOf))
  })

  test('is as it begins in a stored room that is older', async () => {
    for (const state of await usedRooms()) {
      const { room, ledger } = JSON.parse(writeSnapshot(state))
      delete ledger[name]
      expect(partOf(readSnapshot(JSON.stringify({ room, ledger }), SNAPSHOT_VERSION))).toEqual(start)
    }
  })
})

test('what an identity left in an open room is gone when it is erased, whichever slices have it', async () => {
  const room = new LogWriter(memoryLog(), 'hall', 'first')
  await room.open()
  await room.join('ada')
  await room.join('bob')
  await room.say('ada', 'plums')
  await room.write(decided({ type: 'chat.pinned', messageId: 'plums' }, 'p-bob'))
  const traces = () => ['plums', "ada's name", '"ada"'].filter((trace) => stored().includes(trace))
  const stored = () => writeSnapshot(room.state as ServerState)
  expect(traces()).toEqual(['plums', "ada's name", '"ada"'])
  const context = { by: null, now: room.now(), newId: () => 'id', rules: RULES }
  const erasure = { type: 'identity.erase', identity: 'ada', messageIds: new Set(['plums']) } as const
  const decision = decide(room.state, erasure, context)
  if (!decision.ok) throw new Error('erasing is not rejected')
  await room.write(...decision.events)
  expect(traces()).toEqual([])
  expect(stored()).toContain("bob's name")
})
