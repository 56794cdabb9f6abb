import { EVENT_VERSION, evolve } from '@peerstage/sdk/protocol'
import { evolveLedger } from './ledger-parts'
import type { ServerState } from './slices'
import type { Decided, StoredRecord } from './state'

/**
 * Folds one record into what the server knows: the public room by the shared `evolve`, the ledger beside it.
 *
 * @throws RangeError when the record is not the next one of this room.
 */
export function evolveState(state: ServerState | undefined, record: StoredRecord): ServerState {
  const room = evolve(state?.room, record)
  return { room, ledger: evolveLedger(state?.ledger, record, room.participants.length) }
}

/** The state that a room's records lead to; undefined for none. Throws as {@link evolveState} does. */
export function fold(records: Iterable<StoredRecord>, from?: ServerState): ServerState | undefined {
  let state = from
  for (const record of records) state = evolveState(state, record)
  return state
}

/** What was decided, in its place after all that the state holds. `now` in ms since the epoch. */
export function toRecords(state: ServerState | undefined, decided: readonly Decided[], now: number): StoredRecord[] {
  const before = state?.room.seq ?? 0
  return decided.map(({ event, by, secret }, i) => {
    const seq = before + 1 + i
    // Name by name: an object that a spread makes costs V8 a hidden class of its own, and a log keeps records.
    if (secret === undefined) return { seq, at: now, by, event, v: EVENT_VERSION }
    return { seq, at: now, by, event, v: EVENT_VERSION, secret }
  })
}
