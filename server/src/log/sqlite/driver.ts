import { LogUnavailable } from '../../ports/log-unavailable'
import { betterSqlite } from './better'
import { nodeSqlite } from './node'
import type { OpenDatabase } from './port'

/** Neither Node nor a package has SQLite. */
export class SqliteMissing extends LogUnavailable {}

/** Loads SQLite. It is called only when a log is opened: a server that keeps rooms in memory needs no SQLite. @throws SqliteMissing */
export function loadSqlite(): OpenDatabase {
  try {
    return nodeSqlite() ?? betterSqlite()
  } catch (cause) {
    const advice = 'or the package better-sqlite3 built for this one: npm install better-sqlite3@12'
    throw new SqliteMissing(`A log on disk needs Node 22.13 or newer, ${advice}.`, { cause })
  }
}
