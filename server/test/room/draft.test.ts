// A batch changes its own copy of a map in place; what was published before it stays as it is.
import { MODES } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { evolveState, fold, toRecords } from '../../src/room/fold'
import { Draft } from '../../src/room/ledger'
import type { Decided } from '../../src/room/state'

const PUBLISHED: ReadonlyMap<string, number> = new Map([['ada', 1]])

test('a map that was published is copied before it is changed, once for a draft', () => {
  const draft = new Draft()
  const first = draft.put(PUBLISHED, 'bob', 2)
  expect(draft.put(first, 'ada', 3)).toBe(first)
  expect([...first]).toEqual([
    ['ada', 3],
    ['bob', 2],
  ])
  expect([...PUBLISHED]).toEqual([['ada', 1]])
})

test('what another draft made counts as published', () => {
  const made = new Draft().put(PUBLISHED, 'bob', 2)
  const next = new Draft().put(made, 'bob', 3)
  expect(made.get('bob')).toBe(2)
  expect(next.get('bob')).toBe(3)
})

test('a record that cannot be folded leaves the sessions of the draft as they were', () => {
  const mode = MODES.studio
  const opened: Decided = { event: { type: 'room.opened', roomId: 'hall', instance: 'first', mode }, by: null }
  const joining = (id: string, secret: object = {}): Decided => ({
    event: { type: 'participant.joined', participant: { id, name: id, role: 'host' } },
    by: id,
    secret: { session: { identity: id, hash: '', joinId: '', tokenRole: 'host' }, ...secret },
  })
  const draft = new Draft()
  const [first, second] = toRecords(undefined, [opened, joining('ada')], 1000)
  if (!first || !second) throw new Error('no records')
  const state = evolveState(fold([first]), second, draft)
  const [bad] = toRecords(state, [joining('bob', { bans: 'no list' })], 1000)
  expect(() => bad && evolveState(state, bad, draft)).toThrow(TypeError)
  expect([...state.ledger.sessions.keys()]).toEqual(['ada'])
})
