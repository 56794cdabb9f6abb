import type { Database } from './port'

export type ChatRow = { readonly id: number; readonly instance: number; readonly bytes: number }
export type MessageRow = { readonly message: string; readonly identity: string }

/** The statements for chat. */
export const chatQueries = (db: Database) => ({
  add: db.prepare<[number, string, string, number, number, string]>(
    'INSERT INTO chat (instance, message_id, identity, at, bytes, message) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  named: db.prepare<[string], ChatRow & MessageRow>('SELECT * FROM chat WHERE message_id = ?'),
  page: db.prepare<[number, number, number], Pick<MessageRow, 'message'>>(
    'SELECT message FROM chat WHERE instance = ? AND id < ? ORDER BY id DESC LIMIT ?',
  ),
  oldest: db.prepare<[number], ChatRow & { readonly at: number }>(
    'SELECT id, instance, bytes, at FROM chat ORDER BY id LIMIT ?',
  ),
  oldestOf: db.prepare<[number, number], ChatRow>(
    'SELECT id, instance, bytes FROM chat WHERE instance = ? ORDER BY id LIMIT ?',
  ),
  authors: db.prepare<[number, number, number], ChatRow & { identity: string; message_id: string }>(
    'SELECT id, instance, bytes, identity, message_id FROM chat WHERE instance = ? AND id > ? ORDER BY id LIMIT ?',
  ),
  settle: db.prepare<[{ readonly now: number }]>('UPDATE chat SET at = @now WHERE at > @now'),
  remove: db.prepare<[number]>('DELETE FROM chat WHERE id = ?'),
  weigh: db.prepare<[number, number]>(
    'UPDATE rooms SET chat_bytes = chat_bytes + ? WHERE id = (SELECT room FROM instances WHERE id = ?)',
  ),
  weight: db.prepare<[number], { bytes: number }>('SELECT chat_bytes AS bytes FROM rooms WHERE id = ?'),
})

export type ChatQueries = ReturnType<typeof chatQueries>
