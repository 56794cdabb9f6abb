import type { LoggedEvent } from '@peerstage/sdk/protocol'
import { type Clock, REPLAY_WINDOW, type RoomLog } from '../hosting/ports'
import { systemClock } from '../hosting/system-clock'
import type { StoredRecord } from '../room/state'

type Kept = { readonly logged: LoggedEvent; readonly bytes: number; readonly at: number }

/** The newest events of one instance, as far back as the replay window reaches. */
type Tail = { lastSeq: number; bytes: number; readonly kept: Kept[] }

/**
 * A log that lives as long as the process. It keeps only what a resume may ask for: the least of the replay window's
 * three bounds. `bytes` are counted as UTF-16 code units of the JSON, which for text beyond Latin is a little generous.
 *
 * @example
 * ```ts
 * import { createPeerstageServer, memoryLog } from '@peerstage/server'
 *
 * const live = createPeerstageServer({ dev: true, log: memoryLog() })
 * ```
 *
 * @param clock by which events grow old, in milliseconds. Default: the machine's
 */
export function memoryLog(clock: Pick<Clock, 'now'> = systemClock()): RoomLog {
  const now = () => clock.now()
  const tails = new Map<string, Tail>()
  const keyOf = (roomId: string, instance: string) => `${roomId}/${instance}`
  return {
    async append(roomId, instance, expectedSeq, records) {
      const key = keyOf(roomId, instance)
      const tail = tails.get(key) ?? { lastSeq: 0, bytes: 0, kept: [] }
      if (expectedSeq !== tail.lastSeq) throw new RangeError(`expected seq ${expectedSeq}, the log has ${tail.lastSeq}`)
      for (const record of records) keep(tail, record, now())
      trim(tail, now())
      tails.set(key, tail)
    },
    async since(roomId, instance, seq) {
      const tail = tails.get(keyOf(roomId, instance))
      if (tail === undefined || seq > tail.lastSeq) return undefined
      trim(tail, now())
      const firstKept = tail.lastSeq - tail.kept.length + 1
      if (seq + 1 < firstKept) return undefined
      return tail.kept.slice(seq + 1 - firstKept).map(({ logged }) => logged)
    },
    async forget(roomId, instance) {
      tails.delete(keyOf(roomId, instance))
    },
    async close() {
      tails.clear()
    },
  }
}

function keep(tail: Tail, { seq, at, by, event }: StoredRecord, now: number): void {
  const logged = { seq, at, by, event }
  const bytes = JSON.stringify(logged).length
  tail.kept.push({ logged, bytes, at: now })
  tail.bytes += bytes
  tail.lastSeq = seq
}

function trim(tail: Tail, now: number): void {
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
