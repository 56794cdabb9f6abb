import { EVENT_VERSION, evolve } from '@peerstage/sdk/protocol'
import { EMPTY_LEDGER, type Ledger, type LedgerFolds, type LedgerRecord } from './ledger'
import { moderationLedger } from './moderation-ledger'
import { sessionLedger } from './session-ledger'
import type { Decided, ServerState, StoredRecord } from './state'

/** How each part of the ledger is folded. A part without a fold does not compile. */
const LEDGER: LedgerFolds<keyof Ledger> = { ...sessionLedger, ...moderationLedger }

/** Folds one record into the ledger. `present`: how many participants are in the room after it. */
function evolveLedger(ledger: Ledger, record: LedgerRecord, present: number): Ledger {
  const parts = Object.keys(EMPTY_LEDGER) as (keyof Ledger)[]
  const folded = parts.map((part) => [part, (LEDGER[part] as Fold)(ledger[part], record, present)])
  return Object.fromEntries(folded) as Ledger
}
type Fold = (before: unknown, record: LedgerRecord, present: number) => unknown

/**
 * Folds one record into what the server knows: the public room by the shared `evolve`, the ledger beside it.
 *
 * @throws RangeError when the record is not the next one of this room.
 */
export function evolveState(state: ServerState | undefined, record: StoredRecord): ServerState {
  const room = evolve(state?.room, record)
  return { room, ledger: evolveLedger(state?.ledger ?? EMPTY_LEDGER, record, room.participants.length) }
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
    const record = { seq: before + 1 + i, at: now, by, event, v: EVENT_VERSION }
    return secret === undefined ? record : { ...record, secret }
  })
}
