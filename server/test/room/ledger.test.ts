import { MODES } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { fold, toRecords } from '../../src/room/fold'
import type { Secret } from '../../src/room/ledger'
import { IDENTITIES_KEPT } from '../../src/room/ledger'
import type { Decided, StoredRecord } from '../../src/room/state'

/** A room in whose records these secrets stand, one record each. */
function roomWith(secrets: readonly Secret[]) {
  const opened: Decided = {
    event: { type: 'room.opened', roomId: 'hall', instance: 'first', mode: MODES.studio },
    by: null,
  }
  const noted = secrets.map((secret): Decided => ({ event: { type: 'room.locked' }, by: null, secret }))
  const records: StoredRecord[] = toRecords(undefined, [opened, ...noted], 1000)
  const state = fold(records)
  if (state === undefined) throw new Error('no room')
  return state.ledger
}

const many = Array.from({ length: IDENTITIES_KEPT + 1 }, (_, n) => `guest-${n}`)

test('every buffer has a stated bound: of those it kicked, a room remembers the newest [R7.8]', () => {
  const removal = (identity: string): Secret => ({ removal: { identity, until: null } })
  const { removals } = roomWith([removal('early'), ...many.slice(2).map(removal), removal('early'), removal('last')])
  expect(removals.size).toBe(IDENTITIES_KEPT)
  expect([removals.has('guest-2'), removals.has('early'), removals.has('last')]).toEqual([false, true, true])
})

test('every buffer has a stated bound: of those it gave a role, a room remembers the newest [R7.8]', () => {
  const { overrides } = roomWith(many.map((identity) => ({ override: { identity, role: 'viewer' } })))
  expect(overrides.size).toBe(IDENTITIES_KEPT)
  expect([overrides.has('guest-0'), overrides.has('guest-1')]).toEqual([false, true])
})
