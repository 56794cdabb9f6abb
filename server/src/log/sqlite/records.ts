import { EVENT_VERSION, type LoggedEvent } from '@peerstage/sdk/protocol'
import { REPLAY_WINDOW } from '../../ports/event-log'
import { encodeRecord, fold, projectionOf, publicPart, withoutPerson, withoutText } from '../../room/fold'
import type { ServerState } from '../../room/slices'
import type { StoredRecord } from '../../room/state'
import { readSnapshot, SNAPSHOT_VERSION, writeSnapshot } from '../snapshot'
import type { InstanceRow } from './instances'
import type { Database } from './port'
import { ALL, type HeldBack, recordOf, recordQueries, redactionQueries, snapshotQueries } from './record-queries'

type Queries = ReturnType<typeof recordQueries>

/** The records of instances, and the snapshots from which the fold of later records begins. */
export function recordTables(db: Database) {
  const queries = recordQueries(db)
  const snapshots = snapshotQueries(db)
  return {
    ...reading(queries),
    ...dropping(queries),
    ...snapshotting(queries, snapshots),
    ...redacting(redactionQueries(db)),
    /** Adds a record after those that the instance has. */
    add: (instance: number, entry: RecordEntry): void => add(queries, instance, entry),
    /** Removes all records and the snapshot of an instance. */
    remove(instance: number): void {
      snapshots.remove.run(instance)
      queries.remove.run(instance)
    },
  }
}

export type RecordTables = ReturnType<typeof recordTables>

/** A record as a row has it. `total`: bytes of all records before it. `identity`: the identity that it is about. */
type RecordEntry = {
  readonly record: StoredRecord
  readonly encoded: string
  readonly identity: string | undefined
  readonly total: number
}

function add(queries: Queries, instance: number, { record, encoded, identity, total }: RecordEntry): void {
  const { seq, v, at, secret } = record
  const hidden = secret === undefined ? null : JSON.stringify(secret)
  queries.add.run(instance, seq, v, at, total, identity ?? null, encoded, hidden)
}

const reading = ({ place, behind }: Queries) => ({
  /** The events after `seq`; undefined if they are not all in the replay window, which ends with the last record. */
  since(last: InstanceRow, seq: number, now: number): LoggedEvent[] | undefined {
    if (seq > last.seq) return undefined
    if (seq === last.seq) return []
    const first = place.get(last.id, seq + 1)
    if (first === undefined || last.seq - seq > REPLAY_WINDOW.events) return undefined
    if (last.total - first.total > REPLAY_WINDOW.bytes || first.at < now - REPLAY_WINDOW.ms) return undefined
    return behind.all(last.id, seq, ALL).map((row) => publicPart(recordOf(row)))
  },
  /** The records after a seq that are still stored. */
  next: (instance: number, seq: number, limit: number): StoredRecord[] =>
    behind.all(instance, seq, limit).map(recordOf),
})

const dropping = (queries: Queries) => ({
  /** Removes the records that are in the snapshot and before the replay window, except those that readers need. */
  trim(instance: number, seq: number, total: number, now: number, held: HeldBack): void {
    const { events, bytes, ms } = REPLAY_WINDOW
    queries.trim.run({ instance, seq, total: total - bytes, at: now - ms, events, ...held })
  },
  /** Removes the records from before a time. */
  removeBefore: (instance: number, at: number) => queries.removeBefore.run(instance, at),
  /** Gives the last record a later seq, and deletes all records before it: no client may resume from them. */
  bumpSeq({ id, seq }: InstanceRow, to: number): void {
    const last = queries.place.get(id, seq)
    const [row] = queries.behind.all(id, seq - 1, ALL)
    queries.remove.run(id)
    if (last === undefined || row === undefined) return
    const record = { ...recordOf(row), seq: to }
    const { identity } = projectionOf(record)
    add(queries, id, { record, encoded: encodeRecord(record), identity, total: last.total })
  },
})

const snapshotting = ({ behind }: Queries, { get, put, remove }: ReturnType<typeof snapshotQueries>) => ({
  /** The state of an instance: its snapshot, and the later records folded into it. */
  state({ id, snapshot_seq }: InstanceRow): ServerState | undefined {
    const kept = get.get(id)
    const from = kept === undefined ? undefined : readSnapshot(kept.state, kept.v)
    return fold(behind.all(id, snapshot_seq, ALL).map(recordOf), from)
  },
  keepSnapshot: (instance: number, state: ServerState) => put.run(instance, SNAPSHOT_VERSION, writeSnapshot(state)),
  dropSnapshot: (instance: number) => remove.run(instance),
})

function redacting({ naming, about, rewrite, anonymise }: ReturnType<typeof redactionQueries>) {
  const replace = (instance: number, record: StoredRecord) =>
    rewrite.run(EVENT_VERSION, encodeRecord(record), instance, record.seq)
  return {
    /** Removes a message's text from all records that name it. */
    withoutText(instance: number, messageId: string): void {
      for (const row of naming.all(instance, messageId)) replace(instance, withoutText(recordOf(row), messageId))
    },
    /** Removes an identity from an instance's records. There must be a snapshot after them, because folding them again gives another state. */
    withoutIdentity(instance: number, identity: string): void {
      for (const row of about.all(instance, identity)) {
        replace(instance, withoutPerson(recordOf(row)))
        anonymise.run(instance, row.seq)
      }
    },
  }
}
