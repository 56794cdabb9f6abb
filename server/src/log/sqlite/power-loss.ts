import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { ServerState } from '../../room/slices'
import type { InstanceRow } from './instances'
import type { Database } from './port'
import type { Tables } from './tables'

/** More seqs than can be lost: SQLite waits for the disk each time that some MiB have been written. */
const SEQ_BUMP = 1_000_000
/** If the start of the machine is computed from its clock, two starts within this time count as the same. */
const SAME_START_MS = 10_000

/**
 * Adds a large number to the seqs of all open rooms if the machine lost power while the log was open. The reason: a batch that does not wait
 * for the disk survives the end of the process, but not a loss of power. A client may have received events that are lost then. It would
 * resume after a seq that belongs to another event now, and would not notice. With the larger seqs it gets a snapshot.
 */
export function powerWatch(db: Database, { instances, records }: Tables, durability: 'process' | 'full') {
  const marked = db.prepare<[], { machine: string | null }>('SELECT machine FROM upkeep')
  const mark = db.prepare<[string | null]>('UPDATE upkeep SET machine = ?')

  function bumpSeq(row: InstanceRow): void {
    const state = readable(row)
    if (state === undefined) return
    const seq = row.seq + SEQ_BUMP
    records.bumpSeq(row, seq)
    records.keepSnapshot(row.id, { ...state, room: { ...state.room, seq } })
    instances.put(row.id, { ...row, seq, snapshot_seq: seq, snapshot_total: row.total })
  }

  /** The state of an instance; undefined if it is damaged. It fails when a client joins, and must not stop the other rooms. */
  function readable(row: InstanceRow): ServerState | undefined {
    try {
      return records.state(row)
    } catch {
      return undefined
    }
  }

  return {
    /** Called within a transaction that is on the disk before the next one begins. */
    opened(): void {
      const now = startOfMachine()
      const before = marked.get()?.machine
      if (typeof before === 'string' && !isSameStart(before, now)) instances.rows('open').forEach(bumpSeq)
      mark.run(durability === 'full' ? null : now)
    },
    /** Called last: if this write is on the disk, all others are. Never throws. */
    closing(): void {
      try {
        mark.run(null)
      } catch {
        // Then the next start adds to the seqs without need, which costs each client a snapshot.
      }
    },
  }
}

/** Identifies the start of the machine. Linux has an id, which is better: a clock may be wrong until the network sets it, after each start. */
function startOfMachine(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return String(Date.now() - uptime() * 1000)
  }
}

const isSameStart = (one: string, other: string): boolean =>
  one === other || Math.abs(Number(one) - Number(other)) < SAME_START_MS
