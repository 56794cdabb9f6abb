import { createRequire } from 'node:module'
import type BetterSqlite from 'better-sqlite3'
import { type Database, IN_MEMORY, type OpenDatabase, type Parameter, type Statement } from './port'

/** SQLite by the package better-sqlite3, which an app installs beside the server. @throws when it is not there, or not for this Node */
export function betterSqlite(): OpenDatabase {
  const Sqlite: typeof BetterSqlite = createRequire(import.meta.url)('better-sqlite3')
  // The binary is loaded with the first database, and may be that of another Node.
  new Sqlite(IN_MEMORY).close()
  return (path) => opened(new Sqlite(path))
}

const opened = (db: BetterSqlite.Database): Database => ({
  path: db.name,
  get isOpen() {
    return db.open
  },
  prepare: <Params extends Parameter[], Row>(sql: string) => db.prepare(sql) as Statement<Params, Row>,
  exec: (sql) => void db.exec(sql),
  pragma: (text) => db.pragma(text, { simple: true }),
  close: () => void db.close(),
})
