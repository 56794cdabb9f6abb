import type { Batch } from '../../ports/event-log'
import { projectionOf } from '../../room/projection'
import type { StoredRecord } from '../../room/state'
import type { InstanceRow } from './instances'
import type { Tables } from './tables'

/** A snapshot is written when so many records, or so many bytes of them, lie behind the last one. */
const SNAPSHOT_AFTER = { records: 200, bytes: 128 * 1024 } as const

export type WriterPorts = Tables & {
  /** Bytes of chat that are kept of one room. */
  readonly maxRoomBytes: number
  readonly now: () => number
  /** Called where a text was erased. */
  readonly erased: () => void
}

/** Writes batches, within a transaction that the caller begins and ends. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one transaction, in the order of its writes
export function batchWriter({ instances, records, readers, chat, tombstones, maxRoomBytes, now, erased }: WriterPorts) {
  /** A record, and what follows from it. Says how many bytes it has. */
  function note({ id, room }: InstanceRow, record: StoredRecord, total: number): number {
    const bytes = records.add(id, record, total)
    const projection = projectionOf(record)
    const { archived, deleted } = projection
    // A room's own time may be ahead of the clock. What grows old does so by the clock.
    const at = Math.min(record.at, now())
    if (archived !== undefined) chat.add(id, archived, at)
    if (deleted !== undefined) {
      chat.delete(id, deleted)
      records.withoutText(id, deleted)
      erased()
    }
    tombstones.note(room, projection, at)
    return bytes
  }

  /** A closed room needs no state. Where something was deleted, the last snapshot may hold its text: it is replaced. */
  function snapshot(row: InstanceRow, { state, records: batch }: Batch, total: number): [seq: number, total: number] {
    const { seq, status } = state.room
    if (status === 'closed') records.dropSnapshot(row.id)
    const isDue = seq - row.snapshot_seq >= SNAPSHOT_AFTER.records || total - row.snapshot_total >= SNAPSHOT_AFTER.bytes
    const isStale = batch.some((record) => projectionOf(record).deleted !== undefined)
    if (status === 'closed' || !(isDue || isStale)) return [row.snapshot_seq, row.snapshot_total]
    records.keepSnapshot(row.id, state)
    records.trim(row.id, seq, total, now(), readers.heldOf(row.id, total, now()))
    return [seq, total]
  }

  function add(roomId: string, instance: string): InstanceRow {
    const row = instances.add(instances.room(roomId), instance)
    readers.begin(row.id)
    return row
  }

  return {
    /** Keeps a batch. Answers with a fault of the caller's; nothing is written then. */
    write(batch: Batch): RangeError | undefined {
      const { roomId, instance, expectedSeq, state } = batch
      const known = instances.find(roomId, instance)
      const last = known?.seq ?? 0
      if (expectedSeq !== last) return new RangeError(`expected seq ${expectedSeq}, the log has ${last}`)
      const row = known ?? add(roomId, instance)
      let { total } = row
      for (const record of batch.records) total += note(row, record, total)
      const { seq, status, participants } = state.room
      const [snapshot_seq, snapshot_total] = snapshot(row, batch, total)
      instances.put(row.id, { status, seq, total, participants: participants.length, snapshot_seq, snapshot_total })
      chat.trimRoom(row.room, maxRoomBytes)
      return undefined
    },
  }
}

export type BatchWriter = ReturnType<typeof batchWriter>
