import Database from 'better-sqlite3'

const TABLES = ['rooms', 'instances', 'snapshots', 'records', 'chat', 'bans']

/** What is left in a log of which everything should be gone, in sentences. */
export function rowsLeft(path: string): string[] {
  const db = new Database(path, { readonly: true })
  const counts = TABLES.map((table): [string, unknown] => [
    table,
    db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  ])
  db.close()
  return counts.flatMap(([table, count]) => (count === 0 ? [] : [`${count} rows of ${table} are left in the log`]))
}
