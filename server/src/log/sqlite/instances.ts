import type { Database } from './port'

/** The row of an instance: how far its records and its snapshot go. */
export type InstanceRow = {
  readonly id: number
  readonly room: number
  readonly status: 'open' | 'closed' | 'forgotten'
  /** Of the last record. */
  readonly seq: number
  /** Bytes of all records that the instance has ever had. */
  readonly total: number
  readonly participants: number
  readonly snapshot_seq: number
  readonly snapshot_total: number
}

/** What each batch changes in the row of an instance. */
export type InstanceProgress = Omit<InstanceRow, 'id' | 'room' | 'status'>

/** The rows of rooms and their instances, without their content. */
export function instanceTables(db: Database) {
  const rooms = roomRows(db)
  return { ...rooms, ...finding(db), ...listing(db, rooms.roomOf), ...changing(db), ...forgetting(db) }
}

export type InstanceTables = ReturnType<typeof instanceTables>

function roomRows(db: Database) {
  const named = db.prepare<[string], { id: number }>('SELECT id FROM rooms WHERE name = ?')
  const add = db.prepare<[string]>('INSERT INTO rooms (name) VALUES (?)')
  const roomOf = (roomId: string) => named.get(roomId)?.id
  return {
    /** The row of a room id; it is added if there is none. */
    room: (roomId: string): number => roomOf(roomId) ?? Number(add.run(roomId).lastInsertRowid),
    roomOf,
  }
}

function finding(db: Database) {
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
  return {
    find: (roomId: string, instance: string) => find.get(roomId, instance),
    /** The instance of this name, in a list; an empty list if there is none. */
    named: (roomId: string, instance: string) => find.all(roomId, instance),
    openIn: (roomId: string) => openIn.get(roomId),
    get: (id: number) => get.get(id),
    /** The ids that the rest of the server uses for a row. */
    names: (id: number) => names.get(id),
  }
}

function listing(db: Database, roomOf: (roomId: string) => number | undefined) {
  const open = db.prepare<[], { roomId: string; instance: string; participants: number }>(
    `SELECT r.name AS roomId, i.name AS instance, participants
      FROM instances i JOIN rooms r ON r.id = i.room WHERE status = 'open' ORDER BY i.id`,
  )
  const rows = db.prepare<[InstanceRow['status']], InstanceRow>('SELECT * FROM instances WHERE status = ?')
  const ofRoom = db.prepare<[number], InstanceRow>('SELECT * FROM instances WHERE room = ? ORDER BY id DESC')
  const held = db.prepare<[], InstanceRow>("SELECT * FROM instances WHERE status = 'forgotten' AND seq > 0")
  return {
    open: () => open.all(),
    rows: (status: 'open' | 'closed') => rows.all(status),
    /** The instances of a room of which something is kept, the newest first. */
    ofRoom: (room: number) => ofRoom.all(room),
    ofRoomId(roomId: string): InstanceRow[] {
      const room = roomOf(roomId)
      return room === undefined ? [] : ofRoom.all(room)
    },
    /** The instances that are forgotten and not yet read. */
    held: () => held.all(),
  }
}

function changing(db: Database) {
  const add = db.prepare<[number, string], InstanceRow>(
    "INSERT INTO instances (room, name, status) VALUES (?, ?, 'open') RETURNING *",
  )
  const put = db.prepare<[InstanceProgress & { id: number }]>(
    `UPDATE instances SET seq = @seq, total = @total, participants = @participants,
      snapshot_seq = @snapshot_seq, snapshot_total = @snapshot_total WHERE id = @id`,
  )
  const setStatus = db.prepare<[string, number]>('UPDATE instances SET status = ? WHERE id = ?')
  const remove = db.prepare<[number]>('DELETE FROM instances WHERE id = ?')
  return {
    add: (room: number, instance: string): InstanceRow => add.get(room, instance) as InstanceRow,
    put(id: number, { seq, total, participants, snapshot_seq, snapshot_total }: InstanceProgress): void {
      put.run({ id, seq, total, participants, snapshot_seq, snapshot_total })
    },
    /** Apart from `put`: SQLite writes an index of what a statement sets, whether it changes or not. */
    setStatus: (id: number, status: 'open' | 'closed') => setStatus.run(status, id),
    remove: (id: number) => remove.run(id),
  }
}

function forgetting(db: Database) {
  const markForgotten = db.prepare<[number]>(
    `UPDATE instances SET status = 'forgotten', seq = 0, total = 0, participants = 0, snapshot_seq = 0, snapshot_total = 0
      WHERE id = ?`,
  )
  const hold = db.prepare<[number]>("UPDATE instances SET status = 'forgotten', participants = 0 WHERE id = ?")
  const removeUnread = db.prepare<[number]>(
    "DELETE FROM instances WHERE id = ? AND status = 'forgotten' AND seq = 0 AND NOT EXISTS (SELECT 1 FROM chat WHERE instance = instances.id)",
  )
  const removeRoom = db.prepare<[number]>(
    `DELETE FROM rooms WHERE id = ? AND ended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM instances WHERE room = rooms.id) AND NOT EXISTS (SELECT 1 FROM bans WHERE room = rooms.id)`,
  )
  return {
    markForgotten: (id: number) => markForgotten.run(id),
    /** Marks an instance as forgotten. It keeps its seq until all readers have read its records. */
    hold: (id: number) => hold.run(id),
    /** Removes the row of a forgotten instance without chat, and the row of its room if nothing else is left of it. */
    removeEmpty(id: number, room: number): void {
      removeUnread.run(id)
      removeRoom.run(room)
    },
    /** Removes the row of a room if nothing else is left of it. */
    removeEmptyRoom: (room: number) => removeRoom.run(room),
  }
}
