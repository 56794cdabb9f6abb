import { HELD_BACK, PAGE_RECORDS, pageAfter, type RecordPage } from '../../ports/record-feed'
import type { InstanceRow, InstanceTables } from './instances'
import type { Database } from './port'
import type { RecordTables } from './records'

/** How often the log looks for records that are held back too long, in ms, and in how many instances at once. */
const SWEEP_EVERY_MS = 60_000
const SWEEP_ROWS = 100

/** How far each reader of the feed has read each instance. A new instance gets a position for each reader. */
export function readerTables(db: Database, instances: InstanceTables, records: RecordTables) {
  const parts = { statements: prepare(db), instances, records }
  const { addPositions, removePositions } = parts.statements
  return {
    ...registering(parts),
    /** Adds the positions of a new instance, which no reader has read. */
    begin: (instance: number) => addPositions.run(instance),
    ...reading(parts),
    ...holding(parts),
    /** Removes the positions of an erased instance, whether it was read or not. */
    erase: (instance: number) => removePositions.run(instance),
    sweep: sweeping(parts),
  }
}

export type ReaderTables = ReturnType<typeof readerTables>

function prepare(db: Database) {
  return {
    names: db.prepare<[], { name: string }>('SELECT name FROM readers'),
    addReader: db.prepare<[string]>('INSERT INTO readers (name) VALUES (?)'),
    removeReader: db.prepare<[string]>('DELETE FROM readers WHERE name = ?'),
    removeStrays: db.prepare<[]>('DELETE FROM positions WHERE reader NOT IN (SELECT id FROM readers)'),
    addCaughtUp: db.prepare<[number]>(
      'INSERT INTO positions (reader, instance, seq) SELECT ?, id, seq FROM instances WHERE seq > 0',
    ),
    addPositions: db.prepare<[number]>('INSERT INTO positions (reader, instance, seq) SELECT id, ?, 0 FROM readers'),
    removePositions: db.prepare<[number]>('DELETE FROM positions WHERE instance = ?'),
    unread: db.prepare<[string], { roomId: string; instance: string }>(
      `SELECT rooms.name AS roomId, i.name AS instance FROM readers r JOIN positions p ON p.reader = r.id
        JOIN instances i ON i.id = p.instance JOIN rooms ON rooms.id = i.room WHERE r.name = ? AND p.seq < i.seq ORDER BY i.id`,
    ),
    position: db.prepare<[string, number], { seq: number }>(
      'SELECT seq FROM positions WHERE reader = (SELECT id FROM readers WHERE name = ?) AND instance = ?',
    ),
    save: db.prepare<[{ readonly reader: string; readonly instance: number; readonly seq: number }]>(
      `UPDATE positions SET seq = @seq
        WHERE reader = (SELECT id FROM readers WHERE name = @reader) AND instance = @instance AND seq < @seq`,
    ),
    /** NULL if there is no reader. */
    readTo: db.prepare<[number], { seq: number | null }>('SELECT min(seq) AS seq FROM positions WHERE instance = ?'),
    overdue: db.prepare<[number, number], { id: number }>(
      `SELECT id FROM instances AS i WHERE status = 'forgotten' AND seq > 0
        AND (SELECT at FROM records WHERE instance = i.id ORDER BY seq LIMIT 1) < ? ORDER BY id LIMIT ?`,
    ),
  }
}

type Parts = {
  readonly statements: ReturnType<typeof prepare>
  readonly instances: InstanceTables
  readonly records: RecordTables
}

/** Whether a reader has not read all of an instance. */
const isUnread = ({ statements }: Parts, { id, seq }: InstanceRow): boolean =>
  (statements.readTo.get(id)?.seq ?? seq) < seq

function drop({ statements, instances, records }: Parts, row: InstanceRow): void {
  records.remove(row.id)
  statements.removePositions.run(row.id)
  instances.markForgotten(row.id)
  instances.removeEmpty(row.id, row.room)
}

const registering = (parts: Parts) => ({
  set(names: readonly string[]): void {
    const { statements, instances } = parts
    const known = statements.names.all().map(({ name }) => name)
    for (const name of known) if (!names.includes(name)) statements.removeReader.run(name)
    statements.removeStrays.run()
    for (const name of names) {
      if (!known.includes(name)) statements.addCaughtUp.run(Number(statements.addReader.run(name).lastInsertRowid))
    }
    for (const row of instances.held()) if (!isUnread(parts, row)) drop(parts, row)
  },
})

function reading(parts: Parts) {
  const { statements, instances, records } = parts
  return {
    unread: (reader: string) => statements.unread.all(reader),
    nextPage(reader: string, roomId: string, instance: string): RecordPage | undefined {
      const row = instances.find(roomId, instance)
      const position = row && statements.position.get(reader, row.id)?.seq
      if (row === undefined || position === undefined) return undefined
      return pageAfter({ roomId, instance }, position, records.next(row.id, position, PAGE_RECORDS), row.seq)
    },
    save(reader: string, roomId: string, instance: string, seq: number): void {
      const row = instances.find(roomId, instance)
      if (row === undefined) return
      statements.save.run({ reader, instance: row.id, seq })
      if (row.status === 'forgotten' && !isUnread(parts, row)) drop(parts, row)
    },
  }
}

const holding = (parts: Parts) => ({
  /** Which records of an instance the readers still need; its records have `total` bytes. All other records may be removed. */
  heldOf(instance: number, total: number, now: number) {
    const readTo = parts.statements.readTo.get(instance)?.seq ?? Number.MAX_SAFE_INTEGER
    return { readTo, heldTotal: total - HELD_BACK.bytes, heldAt: now - HELD_BACK.ms }
  },
  /** Forgets an instance that has closed, when all readers have read it. */
  forget(row: InstanceRow): void {
    if (isUnread(parts, row)) parts.instances.hold(row.id)
    else drop(parts, row)
  },
})

/** Once a minute removes records of forgotten instances that were held back too long. The readers are told that they have a gap. */
function sweeping({ statements, records }: Parts): (now: number) => void {
  let nextSweep = Number.NEGATIVE_INFINITY
  return (now) => {
    if (now < nextSweep) return
    nextSweep = now + SWEEP_EVERY_MS
    for (const { id } of statements.overdue.all(now - HELD_BACK.ms, SWEEP_ROWS)) {
      records.removeBefore(id, now - HELD_BACK.ms)
    }
  }
}
