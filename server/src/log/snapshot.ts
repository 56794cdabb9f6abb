import { NEW_ROOM, type Room } from '@peerstage/sdk/protocol'
import { readLedger, type StoredLedger, writeLedger } from '../room/fold'
import type { ServerState } from '../room/slices'
import { SNAPSHOT_STEPS, type Steps, upcast } from './upcast'

/**
 * The stored state of a room. A change of this, of `Room` or of `Ledger` needs a new version: see `SNAPSHOT_STEPS`. Two kinds do not:
 * an optional field that is correctly absent in all older snapshots (`mutedBy` of a source), and the part of a new slice, which an
 * older room gets with its initial value.
 */
type Snapshot = { readonly room: Room; readonly ledger: StoredLedger }

/** The version of new snapshots. */
export const SNAPSHOT_VERSION = SNAPSHOT_STEPS.length + 1

/** Writes the state of a room as JSON of {@link SNAPSHOT_VERSION}. */
export function writeSnapshot({ room, ledger }: ServerState): string {
  const snapshot: Snapshot = { room, ledger: writeLedger(ledger) }
  return JSON.stringify(snapshot)
}

/** Reads a state from JSON of version `v`. */
export function readSnapshot(json: string, v: number, steps: Steps = SNAPSHOT_STEPS): ServerState {
  const { room, ledger } = upcast(JSON.parse(json), v, steps) as Snapshot
  return { room: { ...NEW_ROOM, ...room }, ledger: readLedger(ledger) }
}
