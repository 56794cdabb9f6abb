import { type Batch, batchFault } from '../../ports/event-log'
import { projectionOf } from '../../room/fold'
import type { Projection } from '../../room/slice'
import type { ServerState } from '../../room/slices'
import type { StoredRecord } from '../../room/state'
import type { InstanceRow } from './instances'
import type { Tables } from './tables'

/** A new snapshot is written when this many records, or this many bytes of records, follow the last one. */
const SNAPSHOT_AFTER = { records: 200, bytes: 128 * 1024 } as const

export type WriterPorts = Tables & {
  /** The most bytes of chat that are kept of one room. */
  readonly maxRoomBytes: number
  readonly now: () => number
  /** Called when a text is erased. */
  readonly erased: () => void
}

type Projected = { readonly record: StoredRecord; readonly encoded: string; readonly projection: Projection }

/** Writes batches, within a transaction that the caller begins and ends. */
export class BatchWriter {
  readonly #ports: WriterPorts

  constructor(ports: WriterPorts) {
    this.#ports = ports
  }

  /** Writes a record, and what its projection changes. `total`: bytes of the records before it. Returns how many bytes of chat it adds. */
  #note({ id, room }: InstanceRow, { record, encoded, projection }: Projected, total: number): number {
    const { records, chat, tombstones, now, erased } = this.#ports
    const { identity, archived, deleted } = projection
    records.add(id, { record, encoded, identity, total })
    // The time of a room may be ahead of the clock, and the age of chat is measured by the clock.
    const at = Math.min(record.at, now())
    const said = archived === undefined ? 0 : chat.add(id, archived, at)
    if (deleted !== undefined) {
      chat.delete(id, deleted)
      records.withoutText(id, deleted)
      erased()
    }
    tombstones.note(room, projection, at)
    return said
  }

  /** Writes a snapshot if one is due; a closed room needs none. `isStale`: a message was deleted and the last snapshot may hold its text, so it is replaced. */
  #snapshot(row: InstanceRow, state: ServerState, isStale: boolean, total: number): [seq: number, total: number] {
    const { records, readers, now } = this.#ports
    const { seq, status } = state.room
    if (status === 'closed') records.dropSnapshot(row.id)
    const isDue = seq - row.snapshot_seq >= SNAPSHOT_AFTER.records || total - row.snapshot_total >= SNAPSHOT_AFTER.bytes
    if (status === 'closed' || !(isDue || isStale)) return [row.snapshot_seq, row.snapshot_total]
    records.keepSnapshot(row.id, state)
    records.trim(row.id, seq, total, now(), readers.heldOf(row.id, total, now()))
    return [seq, total]
  }

  #add(roomId: string, instance: string): InstanceRow {
    const { instances, readers } = this.#ports
    const row = instances.add(instances.room(roomId), instance)
    readers.begin(row.id)
    return row
  }

  /** Writes a batch. If the batch does not fit the log, returns the error and writes nothing. */
  write(batch: Batch): RangeError | undefined {
    const { instances, chat, maxRoomBytes } = this.#ports
    const { roomId, instance, state } = batch
    const known = instances.find(roomId, instance)
    const fault = batchFault(batch, known?.seq ?? 0)
    if (fault !== undefined) return fault
    const row = known ?? this.#add(roomId, instance)
    const projected = batch.records.map((record, i) => {
      return { record, encoded: batch.encoded[i] as string, projection: projectionOf(record) }
    })
    const total = this.#writeRecords(row, projected)
    const isStale = projected.some(({ projection }) => projection.deleted !== undefined)
    const { seq, status, participants } = state.room
    const [snapshot_seq, snapshot_total] = this.#snapshot(row, state, isStale, total)
    instances.put(row.id, { seq, total, participants: participants.length, snapshot_seq, snapshot_total })
    if (status !== row.status) instances.setStatus(row.id, status)
    chat.trimRoom(row.room, maxRoomBytes)
    return undefined
  }

  /** Returns the bytes of all records that the instance has ever had. */
  #writeRecords(row: InstanceRow, projected: readonly Projected[]): number {
    const { identities, chat } = this.#ports
    let { total } = row
    let said = 0
    for (const each of projected) {
      said += this.#note(row, each, total)
      total += each.encoded.length
    }
    if (said > 0) chat.weigh(said, row.id)
    for (const identity of new Set(projected.map(({ projection }) => projection.identity))) {
      if (identity !== undefined) identities.add(identity, row.id)
    }
    return total
  }
}
