import type { ChatHistoryResult, ChatMessage } from '@peerstage/sdk/protocol'
import type { HistoryQuery } from '../../ports/chat-archive'
import type { ArchivedMessage } from '../../room/command'
import { chatEviction, ERASE_ROWS } from './chat-eviction'
import { type ChatQueries, chatQueries } from './chat-queries'
import type { ErasePlace } from './identities'
import type { InstanceTables } from './instances'
import type { Database } from './port'

/** The chat archive. It keeps the chat of an instance after the instance is forgotten. */
export function chatTable(db: Database, instances: InstanceTables) {
  const queries = chatQueries(db)
  return { ...chatWriting(queries), ...chatReading(queries, instances), ...chatEviction(queries, instances) }
}

export type ChatTable = ReturnType<typeof chatTable>

const chatWriting = ({ add, named, remove, weigh }: ChatQueries) => ({
  /** Adds a message. Returns its bytes, which `weigh` adds to those of the room. */
  add(instance: number, { message, identity }: ArchivedMessage, at: number): number {
    const json = JSON.stringify(message)
    const bytes = Buffer.byteLength(json)
    add.run(instance, message.id, identity, at, bytes, json)
    return bytes
  },
  /** Adds bytes to those of the room that an instance belongs to. */
  weigh: (bytes: number, instance: number) => weigh.run(bytes, instance),
  /** Removes one message. */
  delete(instance: number, messageId: string): void {
    const kept = named.all(messageId).find((row) => row.instance === instance)
    if (kept === undefined) return
    remove.run(kept.id)
    weigh.run(-kept.bytes, instance)
  },
})

function chatReading({ named, page, authors }: ChatQueries, instances: InstanceTables) {
  const findIn = (scope: readonly { readonly id: number }[], messageId: string) =>
    named.all(messageId).find((row) => scope.some(({ id }) => id === row.instance))
  const scopeOf = (roomId: string, instance: string | undefined) =>
    instance === undefined ? instances.ofRoomId(roomId) : instances.named(roomId, instance)

  function* newest(instance: number, before: number, limit: number): Iterable<ChatMessage> {
    for (const { message } of page.all(instance, before, limit)) yield JSON.parse(message)
  }

  return {
    history(roomId: string, { instance, before, limit }: HistoryQuery): ChatHistoryResult {
      const scope = scopeOf(roomId, instance)
      const cursor = before === undefined ? undefined : findIn(scope, before)
      if (before !== undefined && cursor === undefined) return { messages: [], hasMore: false }
      const messages: ChatMessage[] = []
      for (const { id } of scope) {
        if (cursor !== undefined && id > cursor.instance) continue
        const end = id === cursor?.instance ? cursor.id : Number.MAX_SAFE_INTEGER
        messages.push(...newest(id, end, limit + 1 - messages.length))
        if (messages.length > limit) break
      }
      return { messages: messages.slice(0, limit).reverse(), hasMore: messages.length > limit }
    },
    message(roomId: string, instance: string | undefined, messageId: string): ArchivedMessage | undefined {
      const row = findIn(scopeOf(roomId, instance), messageId)
      return row === undefined ? undefined : { message: JSON.parse(row.message), identity: row.identity }
    },
    /** The ids of what an identity wrote in the next rows of an instance. `last`: the last of these rows; undefined when there are no more rows. */
    messageIdsOf(identity: string, { instance, after }: ErasePlace) {
      const rows = authors.all(instance, after, ERASE_ROWS)
      const messageIds = rows.filter((row) => row.identity === identity).map(({ message_id }) => message_id)
      return { messageIds, last: rows.length < ERASE_ROWS ? undefined : rows.at(-1)?.id }
    },
  }
}
