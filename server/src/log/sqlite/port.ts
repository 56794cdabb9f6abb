/** SQLite's name for a database in memory. */
export const IN_MEMORY = ':memory:'

/** What the log needs of a database. Values are numbers, strings and blobs; a whole number beyond 2^53 is never stored. */
export interface Database {
  readonly path: string
  readonly isOpen: boolean
  /** Compiles one statement, to be run often. Parameters are positional, or one object that has exactly the names of all `@name`s. */
  prepare<Params extends Parameter[], Row = unknown>(sql: string): Statement<Params, Row>
  /** Runs statements without a result. */
  exec(sql: string): void
  /** Reads or sets a pragma. Returns the first value of the result. */
  pragma(text: string): unknown
  close(): void
}

export interface Statement<Params extends Parameter[], Row> {
  run(...parameters: Params): { readonly lastInsertRowid: number | bigint }
  get(...parameters: Params): Row | undefined
  all(...parameters: Params): Row[]
}

export type Parameter = number | string | null | Readonly<Record<string, number | string | null>>

/** Opens a file that exists, or a database in memory. @throws what {@link codeOf} reads */
export type OpenDatabase = (path: string) => Database

/** Runs work in one transaction: all of it is committed, or nothing. */
export function inTransaction<T>(db: Database, kind: 'IMMEDIATE' | 'EXCLUSIVE', work: () => T): T {
  db.exec(`BEGIN ${kind}`)
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(db)
    throw error
  }
}

function rollBack(db: Database): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // SQLite has rolled back by itself, as it does when a disk is full or fails.
  }
}

/** The primary result codes of SQLite that the log distinguishes: https://sqlite.org/rescode.html */
const CODES: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [26, 'SQLITE_NOTADB'],
])

/** The code of an error: `SQLITE_…`, as better-sqlite3 names it and node:sqlite numbers it, or that of the system, such as `EISDIR`. */
export function codeOf(error: unknown): string {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown }
  // The lowest byte is the primary code, the others make it more precise.
  if (typeof errcode === 'number') return CODES.get(errcode & 0xff) ?? 'SQLITE_ERROR'
  return String(code ?? '')
}
