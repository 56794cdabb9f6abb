// What records lead to: the state of a room, and what a log keeps of them in other places.
import { EVENT_VERSION, evolve, type LoggedEvent, type RoomEvent } from '@peerstage/sdk/protocol'
import { Draft, type LedgerPart, type LedgerRecord } from './ledger'
import type { Projection, Slice } from './slice'
import { LEDGER_PARTS, type Ledger, type ServerState, SLICES } from './slices'
import type { Decided, StoredRecord } from './state'

/**
 * Folds one record into what the server knows: the public room by the shared `evolve`, the ledger beside it. `draft`: what was made before, for a
 * state that only this caller has seen; it may be changed in place. Otherwise the state stays as it is.
 *
 * @throws RangeError when the record is not the next one of this room.
 */
export function evolveState(
  state: ServerState | undefined,
  record: StoredRecord,
  draft: Draft = new Draft(),
): ServerState {
  const room = evolve(state?.room, record)
  return { room, ledger: evolveLedger(state?.ledger, record, room.participants.length, draft) }
}

/** The state that a room's records lead to; undefined for none. Throws as {@link evolveState} does. */
export function fold(records: Iterable<StoredRecord>, from?: ServerState): ServerState | undefined {
  const draft = new Draft()
  let state = from
  for (const record of records) state = evolveState(state, record, draft)
  return state
}

/** Makes records of decided events, with the seqs after that of the state. `now` in ms since the epoch. */
export function toRecords(state: ServerState | undefined, decided: readonly Decided[], now: number): StoredRecord[] {
  const before = state?.room.seq ?? 0
  return decided.map(({ event, by, secret }, i) => {
    const seq = before + 1 + i
    // Name by name: an object that a spread makes costs V8 a hidden class of its own, and a log keeps records.
    if (secret === undefined) return { seq, at: now, by, event, v: EVENT_VERSION }
    return { seq, at: now, by, event, v: EVENT_VERSION, secret }
  })
}

/** How a ledger is stored: JSON, by the names of its parts. */
export type StoredLedger = { readonly [Name in keyof Ledger]?: unknown }

// In the order in which they are stored. The compiler pairs no part of a union with the value of that part.
const PARTS = Object.entries(LEDGER_PARTS) as [keyof Ledger, LedgerPart<unknown>][]

// The sessions last: a draft changes them in place, so no fold may throw after theirs.
const FOLDS = [...PARTS].sort(([a], [b]) => Number(a === 'sessions') - Number(b === 'sessions'))

const eachPart = <T>(value: (name: keyof Ledger, part: LedgerPart<unknown>) => unknown) =>
  Object.fromEntries(PARTS.map(([name, part]) => [name, value(name, part)])) as T

/** The ledger of a room before its first record. */
const EMPTY_LEDGER = eachPart<Ledger>((_, { start }) => start)

/** Folds one record into the ledger. `present`: how many participants are in the room after it. */
function evolveLedger(before: Ledger = EMPTY_LEDGER, record: LedgerRecord, present: number, draft: Draft): Ledger {
  let changed: Record<string, unknown> | undefined
  for (const [name, { fold }] of FOLDS) {
    const value = fold(before[name], record, present, draft)
    if (value === before[name]) continue
    changed ??= { ...before }
    changed[name] = value
  }
  return changed === undefined ? before : (changed as Ledger)
}

/** The ledger as JSON can hold it. */
export const writeLedger = (ledger: Ledger): StoredLedger => eachPart((name, { write }) => write(ledger[name]))

/** The ledger of what {@link writeLedger} gave. A part that the stored one does not have begins as in a new room. */
export const readLedger = (stored: StoredLedger): Ledger =>
  eachPart((name, { start, read }) => (name in stored ? read(stored[name] as never) : start))

/** What one record means for the chat archive, for bans, for the room's end, and for erasing. */
export const projectionOf = (record: StoredRecord): Projection =>
  Object.assign({ isEnd: false }, ...PROJECTS.map((project) => project(record)))

type Project = (record: LedgerRecord) => Partial<Projection>
const PROJECTS = SLICES.flatMap(({ project }: Slice) => (project === undefined ? [] : [project as Project]))

/** A record without what never leaves the server. */
export const publicPart = ({ seq, at, by, event }: StoredRecord): LoggedEvent => ({ seq, at, by, event })

/** The JSON of a record as clients get it. */
export const encodeRecord = (record: StoredRecord): string => JSON.stringify(publicPart(record))

/** What is left of an event when a message has been deleted: a message without its text keeps its seq. */
export function withoutText<T extends LoggedEvent>(logged: T, messageId: string): T {
  const event = redacted(WITHOUT_TEXT, logged.event, messageId)
  return event === logged.event ? logged : { ...logged, event }
}

/** What is left of a record about an erased identity: that it happened, without name, metadata, text or secret. */
export const withoutPerson = ({ secret: _, ...logged }: StoredRecord): StoredRecord => ({
  ...logged,
  event: redacted(WITHOUT_PERSON, logged.event),
})

// The compiler pairs no function of a union with an event of that union.
type Redactions = { readonly [type: string]: (event: RoomEvent, messageId?: string) => RoomEvent }
const WITHOUT_TEXT = SLICES.flatMap(({ withoutText: has }: Slice) => (has === undefined ? [] : [has as Redactions]))
const WITHOUT_PERSON = SLICES.flatMap(({ withoutPerson: has }: Slice) => (has === undefined ? [] : [has as Redactions]))

const redacted = (slices: readonly Redactions[], event: RoomEvent, messageId?: string): RoomEvent =>
  slices.reduce((left, bySlice) => bySlice[event.type]?.(left, messageId) ?? left, event)
