import type { LoggedEvent } from '@peerstage/sdk/protocol'
import { REPLAY_WINDOW } from '../../ports/event-log'
import { projectionOf, publicPart } from '../../room/projection'
import type { StoredRecord } from '../../room/state'

type Entry = {
  logged: LoggedEvent
  /** The identity that the event names, if any. */
  readonly identity: string | undefined
  readonly bytes: number
  readonly at: number
}

/** The newest events of one instance, as far back as a resume may ask for. */
export type ReplayWindow = { lastSeq: number; bytes: number; readonly entries: Entry[] }

export const emptyWindow = (): ReplayWindow => ({ lastSeq: 0, bytes: 0, entries: [] })

/** Puts a record at the end. `bytes` are UTF-16 code units of the JSON, which for text beyond Latin is a little generous. */
export function add(window: ReplayWindow, record: StoredRecord, now: number): void {
  const logged = publicPart(record)
  const bytes = JSON.stringify(logged).length
  window.entries.push({ logged, identity: projectionOf(record).identity, bytes, at: now })
  window.bytes += bytes
  window.lastSeq = record.seq
}

/** Drops what lies before the window. */
export function trim(window: ReplayWindow, now: number): void {
  const { events, bytes, ms } = REPLAY_WINDOW
  let drop = 0
  let left = window.bytes
  for (const entry of window.entries) {
    if (window.entries.length - drop <= events && left <= bytes && entry.at >= now - ms) break
    left -= entry.bytes
    drop++
  }
  window.entries.splice(0, drop)
  window.bytes = left
}

/** The events after `seq`; undefined where the window no longer reaches that far back. */
export function after(window: ReplayWindow, seq: number): LoggedEvent[] | undefined {
  const first = window.lastSeq - window.entries.length + 1
  if (seq > window.lastSeq || seq + 1 < first) return undefined
  return window.entries.slice(seq + 1 - first).map(({ logged }) => logged)
}

/** Replaces the events that `change` gives something else for. */
export function rewrite(
  window: ReplayWindow,
  change: (logged: LoggedEvent, identity: string | undefined) => LoggedEvent,
): void {
  for (const entry of window.entries) entry.logged = change(entry.logged, entry.identity)
}
