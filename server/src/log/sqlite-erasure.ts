import type { InstanceRow } from './sqlite-instances'
import type { Tables } from './sqlite-tables'

/** Takes away what shall not be kept, within a transaction that somebody else begins and ends. `erased`: called where texts go. */
export function eraser({ instances, records, chat, pasts }: Tables, erased: () => void) {
  return {
    /** Lets go of an instance that has closed. Its chat stays. */
    forget(row: InstanceRow | undefined): void {
      if (row === undefined) return
      records.remove(row.id)
      instances.markForgotten(row.id)
      instances.removeEmpty(row.id, row.room)
    },
    /** Erases all that is kept of a room id. */
    room(roomId: string): void {
      const room = instances.roomOf(roomId)
      if (room === undefined) return
      for (const { id } of instances.ofRoom(room)) {
        records.remove(id)
        chat.remove(id)
        instances.remove(id)
      }
      pasts.remove(room)
      erased()
    },
    /** Erases an identity from chat and records. Open rooms get a snapshot first: these records lead to nothing any more. */
    identity(identity: string): void {
      for (const id of records.namesOf(identity)) {
        const row = instances.get(id)
        const state = row?.status === 'open' ? records.state(row) : undefined
        if (row === undefined || state === undefined) continue
        records.keepSnapshot(id, state)
        instances.put(id, { ...row, snapshot_seq: row.seq, snapshot_total: row.total })
      }
      records.withoutIdentity(identity)
      chat.eraseIdentity(identity)
      erased()
    },
  }
}
