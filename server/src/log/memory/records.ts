// The newest records of each instance: those in the replay window, and those that readers of the feed have not read.

import type { LoggedEvent } from '@peerstage/sdk/protocol'
import { REPLAY_WINDOW } from '../../ports/event-log'
import { HELD_BACK, PAGE_RECORDS, pageAfter, type RecordPage, type RecordSource } from '../../ports/record-feed'
import { publicPart } from '../../room/fold'
import type { StoredRecord } from '../../room/state'

type Held = {
  readonly roomId: string
  readonly instance: string
  readonly replay: ReplayWindow
  /** The last seq that each reader has read. */
  readonly positions: Map<string, number>
  isForgotten: boolean
}

/** The position of each reader in each instance. Instances that the log has forgotten stay here until all readers have read them. */
export class RecordReaders implements RecordSource {
  readonly #now: () => number
  readonly #held = new Map<ReplayWindow, Held>()
  #names: readonly string[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** Adds a new instance, which no reader has read. */
  add(roomId: string, instance: string, replay: ReplayWindow): void {
    const positions = new Map(this.#names.map((name) => [name, 0]))
    this.#held.set(replay, { roomId, instance, replay, positions, isForgotten: false })
  }

  /** The seq up to which all readers have read an instance; infinite without readers. */
  readTo(replay: ReplayWindow): number {
    return Math.min(Number.POSITIVE_INFINITY, ...(this.#held.get(replay)?.positions.values() ?? []))
  }

  forget(replay: ReplayWindow): void {
    const held = this.#held.get(replay)
    if (held !== undefined) held.isForgotten = true
    for (const each of this.#held.values()) if (each.isForgotten) this.#release(each)
  }

  eraseRoom(roomId: string): void {
    for (const held of this.#held.values()) if (held.roomId === roomId) this.#held.delete(held.replay)
  }

  windows(): Iterable<ReplayWindow> {
    return this.#held.keys()
  }

  clear(): void {
    this.#held.clear()
  }

  async setReaders(names: readonly string[]): Promise<void> {
    const added = names.filter((name) => !this.#names.includes(name))
    const removed = this.#names.filter((name) => !names.includes(name))
    this.#names = [...names]
    for (const held of this.#held.values()) {
      for (const name of removed) held.positions.delete(name)
      for (const name of added) held.positions.set(name, held.replay.lastSeq)
      if (held.isForgotten) this.#release(held)
    }
  }

  async unread(reader: string) {
    return [...this.#held.values()].filter(
      (held) => (held.positions.get(reader) ?? held.replay.lastSeq) < held.replay.lastSeq,
    )
  }

  async nextPage(reader: string, roomId: string, instance: string): Promise<RecordPage | undefined> {
    const held = this.#find(roomId, instance)
    const position = held?.positions.get(reader)
    if (held === undefined || position === undefined) return undefined
    trim(held.replay, this.#now(), this.readTo(held.replay))
    return pageAfter({ roomId, instance }, position, pageOf(held.replay, position), held.replay.lastSeq)
  }

  async savePosition(reader: string, roomId: string, instance: string, seq: number): Promise<void> {
    const held = this.#find(roomId, instance)
    const before = held?.positions.get(reader)
    if (held === undefined || before === undefined || seq <= before) return
    held.positions.set(reader, seq)
    if (held.isForgotten) this.#release(held)
  }

  #find(roomId: string, instance: string): Held | undefined {
    return [...this.#held.values()].find((held) => held.roomId === roomId && held.instance === instance)
  }

  /** Drops a forgotten instance if all readers have read it; otherwise drops its records beyond the bound. */
  #release({ replay }: Held): void {
    const readTo = this.readTo(replay)
    if (readTo >= replay.lastSeq) this.#held.delete(replay)
    else trim(replay, this.#now(), readTo)
  }
}

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
