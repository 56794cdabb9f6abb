import { loadSqlite } from '../../src/log/sqlite/driver'
import type { Database } from '../../src/log/sqlite/port'

const TABLES = ['rooms', 'instances', 'snapshots', 'records', 'chat', 'bans']

/** What is left in a log of which everything should be gone, in sentences. */
export function rowsLeft(path: string): string[] {
  const db = loadSqlite()(path)
  const counts = TABLES.map((table) => ({ table, count: countOf(db, table) }))
  db.close()
  return counts.flatMap(({ table, count }) => (count === 0 ? [] : [`${count} rows of ${table} are left in the log`]))
}

const countOf = (db: Database, table: string): number | undefined =>
  db.prepare<[], { count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count
