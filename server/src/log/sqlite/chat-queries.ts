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
  by: db.prepare<[string, number, number], ChatRow & { roomId: string; name: string; message_id: string }>(
    `SELECT c.id, c.instance, bytes, r.name AS roomId, i.name AS name, message_id
      FROM chat c JOIN instances i ON i.id = c.instance JOIN rooms r ON r.id = i.room
      WHERE identity = ? AND c.id > ? ORDER BY c.id LIMIT ?`,
  ),
  settle: db.prepare<[{ readonly now: number }]>('UPDATE chat SET at = @now WHERE at > @now'),
  remove: db.prepare<[number]>('DELETE FROM chat WHERE id = ?'),
  weigh: db.prepare<[number, number]>(
    'UPDATE rooms SET chat_bytes = chat_bytes + ? WHERE id = (SELECT room FROM instances WHERE id = ?)',
  ),
  weight: db.prepare<[number], { bytes: number }>('SELECT chat_bytes AS bytes FROM rooms WHERE id = ?'),
})

export type ChatQueries = ReturnType<typeof chatQueries>
