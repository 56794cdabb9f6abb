import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { ServerState } from '../../room/slices'
import type { InstanceRow } from './instances'
import type { Database } from './port'
import type { Tables } from './tables'

/** More than can be lost: the disk is waited for whenever some MiB have been written. */
const SEQ_BUMP = 1_000_000
/** Where the machine's start is computed from its clock, two starts within this time count as one. */
const SAME_START_MS = 10_000

/**
 * A batch that does not wait for the disk survives the process, but not the machine. What is lost then, clients may have heard of:
 * one of them would resume behind a seq that names another event by now, and never find out. So where the machine went down
 * under a log that was open, the seqs of its rooms jump: a client that comes back from before gets a snapshot.
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

  /** A damaged room does not stop the others: it fails when a client joins it. */
  function readable(row: InstanceRow): ServerState | undefined {
    try {
      return records.state(row)
    } catch {
      return undefined
    }
  }

  return {
    /** Within a transaction that is on the disk before any other is begun. */
    opened(): void {
      const now = startOfMachine()
      const before = marked.get()?.machine
      if (typeof before === 'string' && !isSameStart(before, now)) instances.rows('open').forEach(bumpSeq)
      mark.run(durability === 'full' ? null : now)
    },
    /** The last to be written: where this is on the disk, all is. Never throws. */
    closing(): void {
      try {
        mark.run(null)
      } catch {
        // Seqs may be bumped without need then, which costs each client a snapshot.
      }
    },
  }
}

/** Linux has an id for it. A clock may be wrong until the network sets it, and just as wrong after each start. */
function startOfMachine(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return String(Date.now() - uptime() * 1000)
  }
}

const isSameStart = (one: string, other: string): boolean =>
  one === other || Math.abs(Number(one) - Number(other)) < SAME_START_MS
