import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessagePlace } from '../../ports/chat-archive'
import type { InstanceRow } from './instances'
import type { Tables } from './tables'

/**
 * Deletes what must not be kept, within a transaction that the caller begins and ends. What may be much is deleted in steps, so
 * that other rooms have their batches meanwhile. `erased`: called when texts are deleted.
 */
export function eraser({ instances, records, readers, chat, tombstones }: Tables, erased: () => void) {
  return {
    /** Forgets an instance that has closed. Its chat stays. */
    forget(row: InstanceRow | undefined): void {
      if (row === undefined || row.status === 'forgotten') return
      records.dropSnapshot(row.id)
      readers.forget(row)
    },
    /** Erases some of what is kept of a room id. Says whether that was all. */
    room(roomId: string): boolean {
      const room = instances.roomOf(roomId)
      if (room === undefined) return true
      erased()
      for (const { id } of instances.ofRoom(room)) {
        if (!chat.erase(id)) return false
        records.remove(id)
        readers.erase(id)
        instances.remove(id)
      }
      tombstones.remove(room)
      return true
    },
    /**
     * Erases an identity from some of its chat, at last from records. Says whether that was all. Open rooms get a snapshot first:
     * these records lead to nothing any more.
     */
    identity(identity: string): boolean {
      erased()
      if (!chat.eraseIdentity(identity)) return false
      for (const id of records.namesOf(identity)) {
        const row = instances.get(id)
        const state = row?.status === 'open' ? records.state(row) : undefined
        if (row === undefined || state === undefined) continue
        records.keepSnapshot(id, state)
        instances.put(id, { ...row, snapshot_seq: row.seq, snapshot_total: row.total })
      }
      records.withoutIdentity(identity)
      return true
    },
  }
}

/** All pages of a query, one in each turn of the event loop. `last`: the row where a page ends that may not be the last one. */
export async function everyPage(
  page: (after: number) => { readonly messages: readonly MessagePlace[]; readonly last: number | undefined },
): Promise<readonly MessagePlace[]> {
  const found: (readonly MessagePlace[])[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const { messages, last } = page(after)
    found.push(messages)
    after = last
    if (after !== undefined) await nextTurn()
  }
  return found.flat()
}
