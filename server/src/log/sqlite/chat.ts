import type { ChatHistoryResult, ChatMessage } from '@peerstage/sdk/protocol'
import type { HistoryQuery } from '../../ports/chat-archive'
import type { ArchivedMessage } from '../../room/command'
import type { InstanceTables } from './instances'
import type { Database } from './port'

type Kept = { readonly id: number; readonly instance: number; readonly bytes: number }
type Said = { readonly message: string; readonly identity: string }

/** How many messages give way in one batch at most: what is over goes with the batches that follow. */
const TRIM_ROWS = 500
/** How many messages go in one batch because they are old. */
const PRUNE_ROWS = 500
/** How many of the oldest messages go at once when the file has no room for a batch. */
const MAKE_ROOM_ROWS = 2000
/** How many messages are erased, or looked for, in one go: some 15 ms. */
const ERASE_ROWS = 1000

/** The chat, for reading back. It outlives the instance, for as long as chat is kept. */
export function chatTable(db: Database, instances: InstanceTables) {
  const add = db.prepare<[number, string, string, number, number, string]>(
    'INSERT INTO chat (instance, message_id, identity, at, bytes, message) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const named = db.prepare<[string], Kept & Said>('SELECT * FROM chat WHERE message_id = ?')
  const page = db.prepare<[number, number, number], Pick<Said, 'message'>>(
    'SELECT message FROM chat WHERE instance = ? AND id < ? ORDER BY id DESC LIMIT ?',
  )
  const oldest = db.prepare<[number], Kept & { readonly at: number }>(
    'SELECT id, instance, bytes, at FROM chat ORDER BY id LIMIT ?',
  )
  const oldestOf = db.prepare<[number, number], Kept>(
    'SELECT id, instance, bytes FROM chat WHERE instance = ? ORDER BY id LIMIT ?',
  )
  const by = db.prepare<[string, number, number], Kept & { roomId: string; name: string; message_id: string }>(
    `SELECT c.id, c.instance, bytes, r.name AS roomId, i.name AS name, message_id
      FROM chat c JOIN instances i ON i.id = c.instance JOIN rooms r ON r.id = i.room
      WHERE identity = ? AND c.id > ? ORDER BY c.id LIMIT ?`,
  )
  const settle = db.prepare<[{ readonly now: number }]>('UPDATE chat SET at = @now WHERE at > @now')
  const remove = db.prepare<[number]>('DELETE FROM chat WHERE id = ?')
  const weigh = db.prepare<[number, number]>(
    'UPDATE rooms SET chat_bytes = chat_bytes + ? WHERE id = (SELECT room FROM instances WHERE id = ?)',
  )
  const weight = db.prepare<[number], { bytes: number }>('SELECT chat_bytes AS bytes FROM rooms WHERE id = ?')

  const find = (instance: number, messageId: string) => named.all(messageId).find((kept) => kept.instance === instance)
  const findIn = (scope: readonly { readonly id: number }[], messageId: string) =>
    named.all(messageId).find((kept) => scope.some(({ id }) => id === kept.instance))
  const scopeOf = (roomId: string, instance: string | undefined) =>
    instance === undefined ? instances.ofRoomId(roomId) : instances.named(roomId, instance)

  const hasOld = (before: number): boolean => oldest.all(1).some(({ at }) => at < before)

  /** Takes messages away, and the rows of instances that nothing else is left of. */
  function drop(messages: readonly Kept[]): number {
    const touched = new Map<number, number>()
    for (const { id, instance, bytes } of messages) {
      remove.run(id)
      touched.set(instance, (touched.get(instance) ?? 0) + bytes)
    }
    for (const [instance, bytes] of touched) {
      weigh.run(-bytes, instance)
      const row = instances.get(instance)
      if (row !== undefined) instances.removeEmpty(instance, row.room)
    }
    return messages.length
  }

  function* newest(instance: number, before: number, limit: number): Iterable<ChatMessage> {
    for (const { message } of page.all(instance, before, limit)) yield JSON.parse(message)
  }

  return {
    add(instance: number, { message, identity }: ArchivedMessage, at: number): void {
      const json = JSON.stringify(message)
      const bytes = Buffer.byteLength(json)
      add.run(instance, message.id, identity, at, bytes, json)
      weigh.run(bytes, instance)
    },
    /** Takes one message away. */
    delete(instance: number, messageId: string): void {
      const kept = find(instance, messageId)
      if (kept === undefined) return
      remove.run(kept.id)
      weigh.run(-kept.bytes, instance)
    },
    /** A room's oldest messages give way until it is within `maxBytes`: some in each batch. */
    trimRoom(room: number, maxBytes: number): void {
      let over = (weight.get(room)?.bytes ?? 0) - maxBytes
      if (over <= 0) return
      for (const { id } of instances.ofRoom(room).reverse()) {
        const going: Kept[] = []
        for (const kept of oldestOf.all(id, TRIM_ROWS)) {
          if (over <= 0) break
          going.push(kept)
          over -= kept.bytes
        }
        drop(going)
        if (over <= 0 || going.length === TRIM_ROWS) return
      }
    },
    /** Takes away some of what was said longer than `ms` ago: the oldest of all rooms. */
    prune(ms: number, now: number): void {
      const old: Kept[] = []
      let next = now
      for (const kept of oldest.all(hasOld(now - ms) ? PRUNE_ROWS : 1)) {
        next = kept.at
        if (next >= now - ms) break
        old.push(kept)
      }
      drop(old)
      // That was a clock that was ahead. What it has dated counts as of now, or it would stay, and all behind it too.
      if (next > now) settle.run({ now })
    },
    /** Takes away the oldest messages of all rooms, whatever their age. Says how many. */
    makeRoom: (): number => drop(oldest.all(MAKE_ROOM_ROWS)),
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
      const kept = findIn(scopeOf(roomId, instance), messageId)
      return kept === undefined ? undefined : { message: JSON.parse(kept.message), identity: kept.identity }
    },
    /** What an identity wrote, from behind row `after` on; `last`: where to go on, where that may not be all. */
    messagesOf(identity: string, after: number) {
      const rows = by.all(identity, after, ERASE_ROWS)
      const messages = rows.map(({ roomId, name, message_id }) => ({ roomId, instance: name, messageId: message_id }))
      return { messages, last: rows.length < ERASE_ROWS ? undefined : rows.at(-1)?.id }
    },
    /** Takes away some of what an identity wrote. Says whether that was all. */
    eraseIdentity: (identity: string): boolean => drop(by.all(identity, 0, ERASE_ROWS)) < ERASE_ROWS,
    /** Takes away some of what was said in an instance. Says whether that was all. */
    erase: (instance: number): boolean => drop(oldestOf.all(instance, ERASE_ROWS)) < ERASE_ROWS,
  }
}

export type ChatTable = ReturnType<typeof chatTable>
