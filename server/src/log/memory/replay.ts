import type { LoggedEvent } from '@peerstage/sdk/protocol'
import { REPLAY_WINDOW } from '../../ports/event-log'
import { HELD_BACK, PAGE_RECORDS } from '../../ports/record-feed'
import { publicPart } from '../../room/projection'
import type { StoredRecord } from '../../room/state'

type Entry = {
  record: StoredRecord
  /** The identity that the record names, if any. */
  readonly identity: string | undefined
  readonly bytes: number
  readonly at: number
}

/** The newest records of one instance. From `start` on: those that a resume may need. Before that: those that some reader has not read. */
export type ReplayWindow = {
  readonly entries: Entry[]
  lastSeq: number
  start: number
  /** Bytes of the entries from `start` on, and of those before it. */
  bytes: number
  heldBytes: number
}

export const emptyWindow = (): ReplayWindow => ({ entries: [], lastSeq: 0, start: 0, bytes: 0, heldBytes: 0 })

/** Puts a record at the end. `bytes` are UTF-16 code units of its JSON, which for text beyond Latin is a little generous. */
export function add(replay: ReplayWindow, entry: Entry): void {
  replay.entries.push(entry)
  replay.bytes += entry.bytes
  replay.lastSeq = entry.record.seq
}

/** Drops the records before the window, except those that some reader has not read. `readTo`: the seq up to which all readers have read. */
export function trim(replay: ReplayWindow, now: number, readTo: number): void {
  const { events, bytes, ms } = REPLAY_WINDOW
  const { entries } = replay
  for (let entry = entries[replay.start]; entry !== undefined; entry = entries[replay.start]) {
    if (entries.length - replay.start <= events && replay.bytes <= bytes && entry.at >= now - ms) break
    replay.bytes -= entry.bytes
    replay.heldBytes += entry.bytes
    replay.start++
  }
  release(replay, now, readTo)
}

/** Of the records that were kept for readers, drops those that all have read and those beyond the bound. */
function release(replay: ReplayWindow, now: number, readTo: number): void {
  let drop = 0
  for (let entry = replay.entries[drop]; drop < replay.start && entry !== undefined; entry = replay.entries[drop]) {
    const isWithinBound = replay.heldBytes + replay.bytes <= HELD_BACK.bytes && entry.at >= now - HELD_BACK.ms
    if (entry.record.seq > readTo && isWithinBound) break
    replay.heldBytes -= entry.bytes
    drop++
  }
  if (drop === 0) return
  replay.entries.splice(0, drop)
  replay.start -= drop
}

/** The events after `seq`; undefined when the window no longer has all of them. */
export function after({ entries, start, lastSeq }: ReplayWindow, seq: number): LoggedEvent[] | undefined {
  const first = lastSeq - (entries.length - start) + 1
  if (seq > lastSeq || seq + 1 < first) return undefined
  return entries.slice(start + seq + 1 - first).map(({ record }) => publicPart(record))
}

/** A page of the records after `seq` that are still stored. */
export function pageOf({ entries, lastSeq }: ReplayWindow, seq: number): StoredRecord[] {
  const from = Math.max(0, seq - (lastSeq - entries.length))
  return entries.slice(from, from + PAGE_RECORDS).map(({ record }) => record)
}

/** Replaces each record by the result of `change`. */
export function rewrite(
  { entries }: ReplayWindow,
  change: (record: StoredRecord, identity: string | undefined) => StoredRecord,
): void {
  for (const entry of entries) entry.record = change(entry.record, entry.identity)
}
