import type { Database } from './port'

/** An instance's row: where its records stand. */
export type InstanceRow = {
  readonly id: number
  readonly room: number
  readonly status: 'open' | 'closed' | 'forgotten'
  /** The last one. */
  readonly seq: number
  /** Bytes of all records that it ever had. */
  readonly total: number
  readonly participants: number
  readonly snapshot_seq: number
  readonly snapshot_total: number
}

/** Where an instance stands after a batch. */
export type InstanceProgress = Omit<InstanceRow, 'id' | 'room'>

/** The rows of rooms and their instances, without their content. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the statements of one table, prepared once
export function instanceTables(db: Database) {
  const named = db.prepare<[string], { id: number }>('SELECT id FROM rooms WHERE name = ?')
  const addRoom = db.prepare<[string]>('INSERT INTO rooms (name) VALUES (?)')
  const add = db.prepare<[number, string], InstanceRow>(
    "INSERT INTO instances (room, name, status) VALUES (?, ?, 'open') RETURNING *",
  )
  const find = db.prepare<[string, string], InstanceRow>(
    'SELECT i.* FROM rooms r JOIN instances i ON i.room = r.id WHERE r.name = ? AND i.name = ?',
  )
  const openIn = db.prepare<[string], InstanceRow>(
    "SELECT i.* FROM rooms r JOIN instances i ON i.room = r.id WHERE r.name = ? AND status = 'open' ORDER BY i.id LIMIT 1",
  )
  const get = db.prepare<[number], InstanceRow>('SELECT * FROM instances WHERE id = ?')
  const names = db.prepare<[number], { roomId: string; instance: string }>(
    'SELECT r.name AS roomId, i.name AS instance FROM instances i JOIN rooms r ON r.id = i.room WHERE i.id = ?',
  )
  const remove = db.prepare<[number]>('DELETE FROM instances WHERE id = ?')
  const put = db.prepare<[InstanceProgress & { id: number }]>(
    `UPDATE instances SET status = @status, seq = @seq, total = @total, participants = @participants,
      snapshot_seq = @snapshot_seq, snapshot_total = @snapshot_total WHERE id = @id`,
  )
  const open = db.prepare<[], { roomId: string; instance: string; participants: number }>(
    `SELECT r.name AS roomId, i.name AS instance, participants
      FROM instances i JOIN rooms r ON r.id = i.room WHERE status = 'open' ORDER BY i.id`,
  )
  const rows = db.prepare<[InstanceRow['status']], InstanceRow>('SELECT * FROM instances WHERE status = ?')
  const ofRoom = db.prepare<[number], InstanceRow>('SELECT * FROM instances WHERE room = ? ORDER BY id DESC')
  const removeUnread = db.prepare<[number]>(
    "DELETE FROM instances WHERE id = ? AND status = 'forgotten' AND seq = 0 AND NOT EXISTS (SELECT 1 FROM chat WHERE instance = instances.id)",
  )
  const removeRoom = db.prepare<[number]>(
    `DELETE FROM rooms WHERE id = ? AND ended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM instances WHERE room = rooms.id) AND NOT EXISTS (SELECT 1 FROM bans WHERE room = rooms.id)`,
  )
  const markForgotten = db.prepare<[number]>(
    `UPDATE instances SET status = 'forgotten', seq = 0, total = 0, participants = 0, snapshot_seq = 0, snapshot_total = 0
      WHERE id = ?`,
  )
  const hold = db.prepare<[number]>("UPDATE instances SET status = 'forgotten', participants = 0 WHERE id = ?")
  const held = db.prepare<[], InstanceRow>("SELECT * FROM instances WHERE status = 'forgotten' AND seq > 0")
  const roomOf = (roomId: string) => named.get(roomId)?.id
  return {
    /** The row of a room id, which is made where there is none. */
    room: (roomId: string): number => roomOf(roomId) ?? Number(addRoom.run(roomId).lastInsertRowid),
    roomOf,
    find: (roomId: string, instance: string) => find.get(roomId, instance),
    add: (room: number, instance: string): InstanceRow => add.get(room, instance) as InstanceRow,
    get: (id: number) => get.get(id),
    /** What a row is called outside. */
    names: (id: number) => names.get(id),
    remove: (id: number) => remove.run(id),
    put(id: number, { status, seq, total, participants, snapshot_seq, snapshot_total }: InstanceProgress): void {
      put.run({ id, status, seq, total, participants, snapshot_seq, snapshot_total })
    },
    openIn: (roomId: string) => openIn.get(roomId),
    open: () => open.all(),
    rows: (status: 'open' | 'closed') => rows.all(status),
    /** The instances of a room that anything is kept of, the newest first. */
    ofRoom: (room: number) => ofRoom.all(room),
    ofRoomId(roomId: string): InstanceRow[] {
      const room = roomOf(roomId)
      return room === undefined ? [] : ofRoom.all(room)
    },
    /** The one of this name, or none. */
    named: (roomId: string, instance: string) => find.all(roomId, instance),
    markForgotten: (id: number) => markForgotten.run(id),
    /** Marks an instance as forgotten whose records were not all read: it keeps its seq for as long. */
    hold: (id: number) => hold.run(id),
    /** Those that were forgotten, but not read. */
    held: () => held.all(),
    /** Removes the row of a forgotten instance without chat, and the row of its room if nothing else is left of it. */
    removeEmpty(id: number, room: number): void {
      removeUnread.run(id)
      removeRoom.run(room)
    },
    /** Removes the row of a room of which nothing is left. */
    removeEmptyRoom: (room: number) => removeRoom.run(room),
  }
}

export type InstanceTables = ReturnType<typeof instanceTables>
