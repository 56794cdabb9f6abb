import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { LogFull, LogNotReady, LogUnavailable } from '../../ports/log-unavailable'
import { loadSqlite } from './driver'
import { claimFile } from './open-files'
import { codeOf, type Database, IN_MEMORY, inTransaction } from './port'
import { checkFile, migrate } from './schema'

const PAGE_BYTES = 4096
/** How long to wait for the lock of another process: one that is just ending. A lock that is held longer belongs to a running server. */
const BUSY_MS = 1000
/** How much of the file SQLite keeps in memory at most. */
const CACHE_KIB = 16_000
/** Pages of the write-ahead log after which SQLite moves them into the file by itself: 4 MB. */
const CHECKPOINT_PAGES = 1000

export type FileOptions = { readonly durability: 'process' | 'full'; readonly maxBytes: number }

/** Opens the file of a log for this process alone, and creates it if needed. @throws LogUnavailable with the reason */
export function openFile(path: string, { durability, maxBytes }: FileOptions): Database {
  checkPath(path)
  const open = loadSqlite()
  let db: Database | undefined
  try {
    if (path !== IN_MEMORY) createFile(path)
    const opened = path === IN_MEMORY ? () => {} : claimFile(path)
    db = open(path)
    db.pragma(`busy_timeout = ${BUSY_MS}`)
    db.pragma(`cache_size = -${CACHE_KIB}`)
    db.pragma('locking_mode = EXCLUSIVE')
    checkFile(db, path)
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
    db.pragma('secure_delete = ON')
    db.pragma('foreign_keys = OFF')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.pragma(`journal_size_limit = ${CHECKPOINT_PAGES * PAGE_BYTES}`)
    migrate(db)
    // SQLite takes the exclusive lock with the first write, so write now.
    inTransaction(db, 'EXCLUSIVE', () => db?.exec('UPDATE upkeep SET probe = NULL'))
    db.pragma(`max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)}`)
    opened(db)
    return db
  } catch (error) {
    db?.close()
    throw notOpened(path, error)
  }
}

/** SQLite ignores white space at the ends of a path, so it would open another file than `createFile` creates. */
function checkPath(path: string): void {
  if (path !== '' && path === path.trim()) return
  const what = path.trim() === '' ? 'is no path of a log.' : 'has white space at an end: a path of a log must not.'
  throw new LogUnavailable(`${JSON.stringify(path)} ${what}`)
}

/**
 * Creates the file and its folder, so that only the server's own user can read what participants wrote. SQLite gives the files beside
 * it the same mode. An existing file is not opened here: by POSIX, closing it would release the lock that another log of this process may have on it.
 */
function createFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) throw new LogUnavailable(`${path} is a folder: name a file.`)
  if (found !== undefined) return accessSync(path, constants.R_OK | constants.W_OK)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
}

/** The error for a file that could not be opened: a LogNotReady when another try may succeed soon. */
export function notOpened(path: string, error: unknown): LogUnavailable {
  if (error instanceof LogUnavailable) return error
  const code = codeOf(error)
  const is = (...starts: string[]) => starts.some((start) => code.startsWith(start))
  const options = { cause: error }
  if (is('SQLITE_BUSY')) {
    return new LogNotReady(`${path} is in use by another process: one file is for one server.`, 'in_use', options)
  }
  if (is('SQLITE_NOTADB')) return new LogUnavailable(`${path} is not a log of Peerstage.`, options)
  if (is('SQLITE_CORRUPT')) return new LogUnavailable(`${path} is damaged.`, options)
  if (is('SQLITE_FULL', 'ENOSPC', 'EDQUOT')) return notReady('cannot be written: the disk is full.')
  if (is('EROFS')) return notReady('cannot be written: its disk is read-only.')
  if (is('SQLITE_IOERR', 'EIO')) return notReady('cannot be opened: the disk has failed.')
  if (is('EMFILE', 'ENFILE')) return notReady('cannot be opened: too many files are open.')
  return new LogUnavailable(`${path} cannot be opened, or made, by this user.`, options)

  function notReady(sentence: string): LogNotReady {
    return new LogNotReady(`${path} ${sentence}`, 'disk', options)
  }
}

const DAMAGED = 'The log is damaged.'

export const logClosed = (): LogUnavailable => new LogUnavailable('The log is closed.')

/** The error for an open log that could not be read or written. Its message goes to the server's own log only. */
export function unavailable(error: unknown): LogUnavailable {
  if (error instanceof LogUnavailable) return error
  // The message of a SyntaxError quotes what could not be parsed, which may be a participant's text.
  if (error instanceof SyntaxError) return new LogUnavailable(DAMAGED)
  if (isFull(error)) return new LogFull('The disk is full, or the log has reached its maxBytes.', { cause: error })
  const code = codeOf(error)
  const why: readonly (readonly [string, string])[] = [
    ['SQLITE_BUSY', 'The log is locked by another process.'],
    ['SQLITE_READONLY', 'The log may not be written.'],
    ['SQLITE_CORRUPT', DAMAGED],
    ['SQLITE_NOTADB', DAMAGED],
    ['SQLITE_IOERR', 'The disk has failed.'],
  ]
  const sentence = why.find(([start]) => code.startsWith(start))?.[1] ?? 'The log has failed.'
  return new LogUnavailable(sentence, { cause: error })
}

export const isFull = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_FULL')
