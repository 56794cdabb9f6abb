import { createRequire } from 'node:module'
import type BetterSqlite from 'better-sqlite3'
import { type Database, IN_MEMORY, type OpenDatabase, type Parameter, type Statement } from './port'

/** SQLite by the package better-sqlite3, which an app installs itself. @throws when it is not installed, or was built for another Node */
export function betterSqlite(): OpenDatabase {
  const Sqlite: typeof BetterSqlite = createRequire(import.meta.url)('better-sqlite3')
  // The package loads its binary with the first database, and the binary may be built for another Node: find out now.
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
