import { LogUnavailable } from '../../ports/log-unavailable'
import { betterSqlite } from './better'
import { nodeSqlite } from './node'
import type { OpenDatabase } from './port'

/** There is nothing that speaks SQLite. */
export class SqliteMissing extends LogUnavailable {}

/** Only when a log is opened: a server that keeps rooms in memory needs no SQLite. @throws SqliteMissing */
export function loadSqlite(): OpenDatabase {
  try {
    return nodeSqlite() ?? betterSqlite()
  } catch (cause) {
    const advice = 'or the package better-sqlite3 built for this one: npm install better-sqlite3@12'
    throw new SqliteMissing(`A log on disk needs Node 22.13 or newer, ${advice}.`, { cause })
  }
}
