import { NEW_ROOM, type Room } from '@peerstage/sdk/protocol'
import { readLedger, type StoredLedger, writeLedger } from '../room/ledger-parts'
import type { ServerState } from '../room/slices'
import { SNAPSHOT_STEPS, type Steps, upcast } from './upcast'

/**
 * A room's state as it is stored. A change of this, of `Room` or of `Ledger` is a new version: see `SNAPSHOT_STEPS`. Two kinds need none:
 * what may be absent, and is rightly absent from all that is older (`mutedBy` of a source); and the part of a new slice, which an
 * older room has as it begins.
 */
type Snapshot = { readonly room: Room; readonly ledger: StoredLedger }

/** The version that snapshots are written in. */
export const SNAPSHOT_VERSION = SNAPSHOT_STEPS.length + 1

/** A room's state as JSON of {@link SNAPSHOT_VERSION}. */
export function writeSnapshot({ room, ledger }: ServerState): string {
  const snapshot: Snapshot = { room, ledger: writeLedger(ledger) }
  return JSON.stringify(snapshot)
}

/** The state that was written as JSON of version `v`. */
export function readSnapshot(json: string, v: number, steps: Steps = SNAPSHOT_STEPS): ServerState {
  const { room, ledger } = upcast(JSON.parse(json), v, steps) as Snapshot
  return { room: { ...NEW_ROOM, ...room }, ledger: readLedger(ledger) }
}
