import type { LoggedEvent } from '@peerstage/sdk/protocol'
import { EVENT_VERSION } from '@peerstage/sdk/protocol'
import { REPLAY_WINDOW } from '../../ports/event-log'
import { fold, type ServerState, type StoredRecord } from '../../room/index'
import { projectionOf, publicPart, withoutPerson, withoutText } from '../../room/projection'
import { readSnapshot, SNAPSHOT_VERSION, writeSnapshot } from '../snapshot'
import { RECORD_STEPS, upcast } from '../upcast'
import type { InstanceRow } from './instances'
import type { Database } from './port'

type RecordRow = { readonly seq: number; readonly v: number; readonly logged: string; readonly secret: string | null }
/** What readers of the feed still need: see `readers.ts`. */
type Held = { readonly readTo: number; readonly heldTotal: number; readonly heldAt: number }
/** For as many rows as there are. */
const ALL = -1
type RecordPlace = { readonly at: number; readonly total: number }

/** The records of instances, and the snapshots that they are folded on. */
export function recordTables(db: Database) {
  const add = db.prepare<[number, number, number, number, number, string | null, string, string | null]>(
    'INSERT INTO records (instance, seq, v, at, total, identity, logged, secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const place = db.prepare<[number, number], RecordPlace>(
    'SELECT at, total FROM records WHERE instance = ? AND seq = ?',
  )
  const behind = db.prepare<[number, number, number], RecordRow>(
    'SELECT seq, v, logged, secret FROM records WHERE instance = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  const naming = db.prepare<[number, string], RecordRow>(
    'SELECT seq, v, logged, secret FROM records WHERE instance = ? AND instr(logged, ?)',
  )
  const about = db.prepare<[string], RecordRow & { instance: number }>(
    'SELECT instance, seq, v, logged, secret FROM records WHERE identity = ?',
  )
  const rewrite = db.prepare<[number, string, number, number]>(
    'UPDATE records SET v = ?, logged = ? WHERE instance = ? AND seq = ?',
  )
  const anonymise = db.prepare<[number, number]>(
    'UPDATE records SET identity = NULL, secret = NULL WHERE instance = ? AND seq = ?',
  )
  // Whatever lies before a record that goes, goes with it: there are no gaps.
  const trim = db.prepare<[Readonly<Record<'instance' | 'seq' | 'total' | 'at' | 'events' | keyof Held, number>>]>(
    `DELETE FROM records WHERE instance = @instance AND seq <= (
      SELECT max(seq) FROM records
        WHERE instance = @instance AND seq <= @seq AND (total < @total OR at < @at OR seq <= @seq - @events)
          AND (seq <= @readTo OR total < @heldTotal OR at < @heldAt))`,
  )
  const snapshot = db.prepare<[number], { v: number; state: string }>(
    'SELECT v, state FROM snapshots WHERE instance = ?',
  )
  const putSnapshot = db.prepare<[number, number, string]>('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)')
  const removeSnapshot = db.prepare<[number]>('DELETE FROM snapshots WHERE instance = ?')
  const removeBefore = db.prepare<[number, number]>('DELETE FROM records WHERE instance = ? AND at < ?')
  const removeRecords = db.prepare<[number]>('DELETE FROM records WHERE instance = ?')

  const replace = (instance: number, record: StoredRecord, change: (record: StoredRecord) => StoredRecord) =>
    rewrite.run(EVENT_VERSION, JSON.stringify(publicPart(change(record))), instance, record.seq)

  function put(instance: number, record: StoredRecord, total: number): number {
    const logged = JSON.stringify(publicPart(record))
    const secret = record.secret === undefined ? null : JSON.stringify(record.secret)
    add.run(instance, record.seq, record.v, record.at, total, projectionOf(record).identity ?? null, logged, secret)
    return logged.length
  }

  return {
    /** Puts a record behind `total` bytes of others; says how many bytes it has. */
    add: put,
    /** The events after `seq`, when the window that ends with the last record reaches that far back. */
    since(last: InstanceRow, seq: number, now: number): LoggedEvent[] | undefined {
      if (seq > last.seq) return undefined
      if (seq === last.seq) return []
      const first = place.get(last.id, seq + 1)
      if (first === undefined || last.seq - seq > REPLAY_WINDOW.events) return undefined
      if (last.total - first.total > REPLAY_WINDOW.bytes || first.at < now - REPLAY_WINDOW.ms) return undefined
      return behind.all(last.id, seq, ALL).map((row) => publicPart(recordOf(row)))
    },
    /** What the records of an instance lead to. */
    state({ id, snapshot_seq }: InstanceRow): ServerState | undefined {
      const kept = snapshot.get(id)
      const from = kept === undefined ? undefined : readSnapshot(kept.state, kept.v)
      return fold(behind.all(id, snapshot_seq, ALL).map(recordOf), from)
    },
    /** The records after a seq that are still there. */
    next: (instance: number, seq: number, limit: number): StoredRecord[] =>
      behind.all(instance, seq, limit).map(recordOf),
    /** Drops those that happened before a time. */
    removeBefore: (instance: number, at: number) => removeBefore.run(instance, at),
    keepSnapshot: (instance: number, state: ServerState) =>
      putSnapshot.run(instance, SNAPSHOT_VERSION, writeSnapshot(state)),
    dropSnapshot: (instance: number) => removeSnapshot.run(instance),
    /** Drops what is folded into the snapshot and lies before the replay window, but for what readers need. */
    trim(instance: number, seq: number, total: number, now: number, held: Held): void {
      const { events, bytes, ms } = REPLAY_WINDOW
      trim.run({ instance, seq, total: total - bytes, at: now - ms, events, ...held })
    },
    /** Gives the last record a later seq. Those before it are deleted: no client can resume from them into what comes next. */
    bumpSeq({ id, seq }: InstanceRow, to: number): void {
      const last = place.get(id, seq)
      const [row] = behind.all(id, seq - 1, ALL)
      removeRecords.run(id)
      if (last !== undefined && row !== undefined) put(id, { ...recordOf(row), seq: to }, last.total)
    },
    /** Takes a message's text out of whatever records name it. */
    withoutText(instance: number, messageId: string): void {
      for (const row of naming.all(instance, messageId)) {
        replace(instance, recordOf(row), (each) => withoutText(each, messageId))
      }
    },
    /** The instances whose records say something of an identity. */
    namesOf: (identity: string): number[] => [...new Set(about.all(identity).map(({ instance }) => instance))],
    /** Takes an identity out of all records. They must lie behind a snapshot: they no longer lead to what they led to. */
    withoutIdentity(identity: string): void {
      for (const row of about.all(identity)) {
        replace(row.instance, recordOf(row), withoutPerson)
        anonymise.run(row.instance, row.seq)
      }
    },
    remove(instance: number): void {
      removeSnapshot.run(instance)
      removeRecords.run(instance)
    },
  }
}

export type RecordTables = ReturnType<typeof recordTables>

function recordOf({ v, logged, secret }: RecordRow): StoredRecord {
  const stored = { ...JSON.parse(logged), ...(secret === null ? {} : { secret: JSON.parse(secret) }) }
  return { ...(upcast(stored, v, RECORD_STEPS) as StoredRecord), v: EVENT_VERSION }
}
