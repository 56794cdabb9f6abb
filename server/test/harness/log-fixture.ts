import type { Database } from '../../src/log/sqlite/port'
import type { RoomLog } from '../../src/ports/room-log'
import { decided, LogWriter } from '../contract/log-writer'

/** A fixed time, so that a fixture changes only when the stored format changes. */
export const AT = 1_800_000_000_000

/** Writes two rooms with every kind of stored data. Returns the expected content, to compare with a fixture that was read. */
export async function writeFixture(log: RoomLog): Promise<LogWriter[]> {
  const hall = new LogWriter(log, 'hall', 'instance-of-the-hall', () => AT)
  await hall.open({ bans: [{ id: 'ban-1', identity: 'mallory', name: 'Mallory', at: AT }] })
  await hall.join('ada')
  await hall.join('bob')
  for (let i = 0; i < 220; i++) await hall.say(i % 2 === 0 ? 'ada' : 'bob', `message ${i} – päivää 👋`)
  await hall.delete('message 7 – päivää 👋')
  await hall.write(
    decided({ type: 'room.locked' }, 'p-ada', { command: { participantId: 'p-ada', id: 9 } }),
    decided({ type: 'participant.left', participantId: 'p-bob', reason: 'removed' }, 'p-ada', {
      removal: { identity: 'bob', until: null },
      banned: { id: 'ban-2', identity: 'bob', name: 'Bob', at: AT },
      override: { identity: 'bob', role: 'viewer' },
    }),
  )
  const young = new LogWriter(log, 'young', 'instance-without-snapshot', () => AT)
  await young.open()
  await young.join('eve')
  await young.say('eve', 'first')
  return [hall, young]
}

/** A database as SQL: its schema, its rows, and its pragmas `application_id` and `user_version`. */
export function dump(db: Database): string {
  const schema = db
    .prepare<[], { type: string; name: string; sql: string | null }>('SELECT type, name, sql FROM sqlite_schema')
    .all()
  const rows = schema.flatMap(({ type, name }) => (type === 'table' ? rowsOf(db, name) : []))
  const marks = ['application_id', 'user_version'].map((name) => `PRAGMA ${name} = ${db.pragma(name)}`)
  return [...schema.flatMap(({ sql }) => sql ?? []), ...rows, ...marks].map((line) => `${line};\n`).join('')
}

function rowsOf(db: Database, table: string): string[] {
  const columns = db.prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}')`).all()
  const quoted = columns.map(({ name }) => `quote("${name}")`).join(" || ', ' || ")
  const rows = db.prepare<[], { row: string }>(`SELECT ${quoted} AS row FROM "${table}" ORDER BY rowid`).all()
  return rows.map(({ row }) => `INSERT INTO ${table} VALUES (${row})`)
}
