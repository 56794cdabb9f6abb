import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { memoryLog } from '../log/memory/memory-log'
import { SqliteMissing } from '../log/sqlite/driver'
import { notOpened } from '../log/sqlite/file'
import type { SqliteRoomLog } from '../log/sqlite/opened-log'
import { IN_MEMORY } from '../log/sqlite/port'
import { type SqliteLogOptions, sqliteLog } from '../log/sqlite/sqlite-log'
import { LogNotReady, LogUnavailable } from '../ports/log-unavailable'
import type { RoomLog } from '../ports/room-log'

/** The default file: in a visible folder of the working directory. */
export const DEFAULT_FILE = 'peerstage-data/rooms.db'

const KEY_BYTES = 32

/** The options of the log from the command line. */
export type LogSettings = Pick<SqliteLogOptions, 'durability' | 'maxBytes' | 'maxRoomBytes' | 'chatDays'> & {
  readonly file?: string
}

export type OpenedLog = {
  readonly log: RoomLog
  /** The file of the log, unless it is in memory. */
  readonly file?: { readonly path: string; readonly log: SqliteRoomLog }
  /** The key of dev mode's tokens, if it is stored: then tokens survive a restart, as rooms do. */
  readonly devKey?: Uint8Array
  /** A line for the operator: where rooms are stored. */
  readonly line: string
  /** Whether the line is printed even if the others are not. */
  readonly loud: boolean
}

/** Opens the log of the command line. @throws LogUnavailable with a sentence for the operator */
export function openLog({ file, ...options }: LogSettings, dev: boolean): OpenedLog {
  if (file === IN_MEMORY) {
    return { log: memoryLog(), line: 'Rooms are kept in memory: they end with this process.', loud: false }
  }
  const path = file ?? DEFAULT_FILE
  try {
    const log = sqliteLog(path, options)
    const key = dev ? { devKey: keyAt(`${path}.key`) } : {}
    return { log, file: { path, log }, ...key, line: `Rooms are kept in ${path}.`, loud: false }
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error
    if (file === undefined && error instanceof SqliteMissing) {
      return { log: memoryLog(), line: `!! ROOMS END WITH THIS PROCESS. ${error.message}`, loud: true }
    }
    if (error instanceof LogNotReady) throw error
    const advice = `--log (PEERSTAGE_LOG) names another file, or ${IN_MEMORY} for none.`
    throw new LogUnavailable(`${error.message} ${advice}`, { cause: error })
  }
}

/** Reads the key from a file. Creates the file if it does not exist, readable for its user only. */
function keyAt(path: string): Uint8Array {
  const key = kept(path)
  if (key.length === KEY_BYTES) return key
  throw new LogUnavailable(`${path} contains no valid key for dev mode: delete it, and the server makes a new one.`)
}

function kept(path: string): Uint8Array {
  try {
    if (existsSync(path)) return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
    const key = randomBytes(KEY_BYTES)
    writeFileSync(path, key.toString('hex'), { flag: 'wx', mode: 0o600 })
    return key
  } catch (error) {
    throw notOpened(path, error)
  }
}
