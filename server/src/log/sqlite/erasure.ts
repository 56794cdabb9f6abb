import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessagePlace } from '../../ports/chat-archive'
import { ERASE_START, type ErasePlace } from './identities'
import type { InstanceRow } from './instances'
import type { Tables } from './tables'

/**
 * Deletes what must not be kept, within a transaction that the caller begins and ends. Large deletions are done in steps, so that
 * the batches of other rooms are written in between. `erased`: called when texts are deleted.
 */
export function eraser({ instances, identities, records, readers, chat, tombstones }: Tables, erased: () => void) {
  return {
    /** Forgets an instance that has closed. Its chat is kept. */
    forget(row: InstanceRow | undefined): void {
      if (row === undefined || row.status === 'forgotten') return
      records.dropSnapshot(row.id)
      readers.forget(row)
    },
    /** Erases some of what is kept of a room id. Returns where the next step begins; undefined when all is erased. */
    room(roomId: string): ErasePlace | undefined {
      const room = instances.roomOf(roomId)
      if (room === undefined) return undefined
      erased()
      for (const { id } of instances.ofRoom(room)) {
        if (!chat.erase(id)) return ERASE_START
        records.remove(id)
        readers.erase(id)
        instances.remove(id)
      }
      tombstones.remove(room)
      return undefined
    },
    /**
     * Erases an identity from some of an instance's chat, and after its last chat from its records. Returns where the next step begins;
     * undefined when all is erased. For an open room it writes a snapshot first, because the changed records give another state.
     */
    identity(identity: string, from: ErasePlace): ErasePlace | undefined {
      erased()
      const place = identities.next(identity, from)
      if (place === undefined) return undefined
      const { instance } = place
      const last = chat.eraseIdentity(identity, place)
      if (last !== undefined) return { instance, after: last }
      snapshotIfOpen({ instances, records }, instance)
      records.withoutIdentity(instance, identity)
      identities.remove(identity, instance)
      return { instance: instance + 1, after: 0 }
    },
  }
}

function snapshotIfOpen({ instances, records }: Pick<Tables, 'instances' | 'records'>, instance: number): void {
  const row = instances.get(instance)
  const state = row?.status === 'open' ? records.state(row) : undefined
  if (row === undefined || state === undefined) return
  records.keepSnapshot(instance, state)
  instances.put(instance, { ...row, snapshot_seq: row.seq, snapshot_total: row.total })
}

/** What an identity wrote, in the rows after `from`. `next`: where the next page begins; undefined when there is none. */
export function messagesFrom({ instances, identities, chat }: Tables, identity: string, from: ErasePlace): MessagePage {
  const place = identities.next(identity, from)
  if (place === undefined) return { messages: [], next: undefined }
  const { instance } = place
  const { messageIds, last } = chat.messageIdsOf(identity, place)
  const names = instances.names(instance)
  const messages = names === undefined ? [] : messageIds.map((messageId) => ({ ...names, messageId }))
  return { messages, next: last === undefined ? { instance: instance + 1, after: 0 } : { instance, after: last } }
}

type MessagePage = { readonly messages: readonly MessagePlace[]; readonly next: ErasePlace | undefined }

/** Reads all pages, one in each turn of the event loop. */
export async function everyPage(page: (from: ErasePlace) => MessagePage): Promise<readonly MessagePlace[]> {
  const found: (readonly MessagePlace[])[] = []
  for (let from: ErasePlace | undefined = ERASE_START; from !== undefined; await nextTurn()) {
    const { messages, next } = page(from)
    found.push(messages)
    from = next
  }
  return found.flat()
}
