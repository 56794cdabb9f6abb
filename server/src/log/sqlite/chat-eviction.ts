import type { ChatQueries, ChatRow } from './chat-queries'
import type { ErasePlace } from './identities'
import type { InstanceTables } from './instances'

/** How many messages of a room with too much chat are removed in one batch at most. The next batches remove the rest. */
const TRIM_ROWS = 500
/** How many old messages are removed in one batch at most. */
const PRUNE_ROWS = 500
/** When the log looks for old messages: when the oldest becomes too old, and after this time at most, in ms: a batch that failed may have hidden an older one. */
const PRUNE_EVERY_MS = 60_000
/** How many of the oldest messages are removed at once when the file has no space for a batch. */
const MAKE_ROOM_ROWS = 2000
/** How many messages one step erases or reads: it takes some 15 ms. */
export const ERASE_ROWS = 1000

/** Removes chat that is too large, too old, or erased. */
export function chatEviction(queries: ChatQueries, instances: InstanceTables) {
  const { oldest, oldestOf, authors } = queries
  const drop = (messages: readonly ChatRow[]) => dropMessages(queries, instances, messages)
  return {
    /** Removes the oldest messages of a room whose chat has more than `maxBytes`: some in each batch. */
    trimRoom(room: number, maxBytes: number): void {
      let over = (queries.weight.get(room)?.bytes ?? 0) - maxBytes
      if (over <= 0) return
      for (const { id } of instances.ofRoom(room).reverse()) {
        const going: ChatRow[] = []
        for (const row of oldestOf.all(id, TRIM_ROWS)) {
          if (over <= 0) break
          going.push(row)
          over -= row.bytes
        }
        drop(going)
        if (over <= 0 || going.length === TRIM_ROWS) return
      }
    },
    prune: pruning(queries, drop),
    /** Removes the oldest messages of all rooms, whatever their age. Returns how many it removed. */
    makeRoom: (): number => drop(oldest.all(MAKE_ROOM_ROWS)),
    /** Removes what an identity wrote in the next rows of an instance. Returns the last of these rows; undefined when there are no more rows. */
    eraseIdentity(identity: string, { instance, after }: ErasePlace): number | undefined {
      const rows = authors.all(instance, after, ERASE_ROWS)
      drop(rows.filter((row) => row.identity === identity))
      return rows.length < ERASE_ROWS ? undefined : rows.at(-1)?.id
    },
    /** Removes some messages of an instance. Returns whether it removed the last one. */
    erase: (instance: number): boolean => drop(oldestOf.all(instance, ERASE_ROWS)) < ERASE_ROWS,
  }
}

/** Removes some messages that are older than `ms`: the oldest of all rooms. */
function pruning({ oldest, settle }: ChatQueries, drop: (messages: readonly ChatRow[]) => number) {
  let nextPrune = Number.NEGATIVE_INFINITY
  return (ms: number, now: number): void => {
    if (now < nextPrune) return
    const old: ChatRow[] = []
    let next = now
    const hasOld = oldest.all(1).some(({ at }) => at < now - ms)
    for (const row of oldest.all(hasOld ? PRUNE_ROWS : 1)) {
      next = row.at
      if (next >= now - ms) break
      old.push(row)
    }
    drop(old)
    // This message was written while the clock was ahead. Its time becomes now; otherwise it and all later ones would be kept too long.
    if (next > now) settle.run({ now })
    else if (old.length === 0) nextPrune = Math.min(next + ms, now + PRUNE_EVERY_MS)
  }
}

/** Removes messages, and the rows of instances that have nothing else. Returns the number of messages. */
function dropMessages({ remove, weigh }: ChatQueries, instances: InstanceTables, messages: readonly ChatRow[]): number {
  const touched = new Map<number, number>()
  for (const { id, instance, bytes } of messages) {
    remove.run(id)
    touched.set(instance, (touched.get(instance) ?? 0) + bytes)
  }
  for (const [instance, bytes] of touched) {
    weigh.run(-bytes, instance)
    const row = instances.get(instance)
    if (row !== undefined) instances.removeEmpty(instance, row.room)
  }
  return messages.length
}
