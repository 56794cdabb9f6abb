import type { LedgerPart, LedgerRecord } from './ledger'
import { LEDGER_PARTS, type Ledger } from './slices'

/** How a ledger is stored: JSON, by the names of its parts. */
export type StoredLedger = { readonly [Name in keyof Ledger]?: unknown }

// The compiler pairs no part of a union with the value of that part.
const PARTS = Object.entries(LEDGER_PARTS) as [keyof Ledger, LedgerPart<unknown>][]

const eachPart = <T>(value: (name: keyof Ledger, part: LedgerPart<unknown>) => unknown) =>
  Object.fromEntries(PARTS.map(([name, part]) => [name, value(name, part)])) as T

/** The ledger of a room before its first record. */
const EMPTY_LEDGER = eachPart<Ledger>((_, { start }) => start)

/** Folds one record into the ledger. `present`: how many participants are in the room after it. */
export const evolveLedger = (before: Ledger = EMPTY_LEDGER, record: LedgerRecord, present: number): Ledger =>
  eachPart((name, { fold }) => fold(before[name], record, present))

/** The ledger as JSON can hold it. */
export const writeLedger = (ledger: Ledger): StoredLedger => eachPart((name, { write }) => write(ledger[name]))

/** The ledger of what {@link writeLedger} gave. A part that the stored one does not have begins as in a new room. */
export const readLedger = (stored: StoredLedger): Ledger =>
  eachPart((name, { start, read }) => (name in stored ? read(stored[name] as never) : start))
