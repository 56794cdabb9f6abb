import type { LoggedEvent } from '@peerstage/sdk/protocol'
import { REPLAY_WINDOW } from '../../ports/log'
import type { StoredRecord } from '../../room/state'
import { identityOf } from '../erasure'

type Kept = { logged: LoggedEvent; readonly identity: string | undefined; readonly bytes: number; readonly at: number }

/** The newest events of one instance, as far back as the replay window reaches. */
export type Tail = { lastSeq: number; bytes: number; readonly kept: Kept[] }

export const emptyTail = (): Tail => ({ lastSeq: 0, bytes: 0, kept: [] })

/** Puts a record at the end. `bytes` are UTF-16 code units of the JSON, which for text beyond Latin is a little generous. */
export function keep(tail: Tail, record: StoredRecord, now: number): void {
  const { seq, at, by, event } = record
  const logged = { seq, at, by, event }
  const bytes = JSON.stringify(logged).length
  tail.kept.push({ logged, identity: identityOf(record), bytes, at: now })
  tail.bytes += bytes
  tail.lastSeq = seq
}

/** Lets go of what lies before the window. */
export function trim(tail: Tail, now: number): void {
  const { events, bytes, ms } = REPLAY_WINDOW
  let drop = 0
  let left = tail.bytes
  for (const kept of tail.kept) {
    if (tail.kept.length - drop <= events && left <= bytes && kept.at >= now - ms) break
    left -= kept.bytes
    drop++
  }
  tail.kept.splice(0, drop)
  tail.bytes = left
}

/** The events after `seq`; undefined where the tail no longer reaches that far back. */
export function after(tail: Tail, seq: number): LoggedEvent[] | undefined {
  const firstKept = tail.lastSeq - tail.kept.length + 1
  if (seq > tail.lastSeq || seq + 1 < firstKept) return undefined
  return tail.kept.slice(seq + 1 - firstKept).map(({ logged }) => logged)
}

/** Replaces the events that `change` gives something else for. `identity`: the identity that the event names, if any. */
export function rewrite(tail: Tail, change: (logged: LoggedEvent, identity: string | undefined) => LoggedEvent): void {
  for (const kept of tail.kept) kept.logged = change(kept.logged, kept.identity)
}
