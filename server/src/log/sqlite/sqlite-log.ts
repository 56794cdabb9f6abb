import type { Clock } from '../../ports/clock'
import { systemClock } from '../../ports/clock'
import { openFile, unavailable } from './file'
import { OpenedLog, type SqliteRoomLog } from './opened-log'

const MIB = 1024 * 1024
const DAY_MS = 24 * 3600 * 1000

/** How much space a log on disk may use, and which failures it survives. */
export type SqliteLogOptions = {
  /**
   * What a committed batch survives. `process`: the end of the process, however it ends. `full`: a loss of power too; for that each
   * batch waits for the disk. Default `process`.
   */
  readonly durability?: 'process' | 'full'
  /** The most bytes of the file, at least 1 MiB; the write-ahead log beside it needs some MiB more. Default 1 GiB. */
  readonly maxBytes?: number
  /** The most bytes of chat that are kept of one room; beyond that the oldest messages are removed. Default 50 MiB. */
  readonly maxRoomBytes?: number
  /** For how many days chat is kept. Default 30. */
  readonly chatDays?: number
  /** The clock by which events and chat become old. Default: the machine's. */
  readonly clock?: Pick<Clock, 'now' | 'after'>
}

/**
 * A log in a SQLite file: after a restart, rooms go on as they were, and chat can be read back. It needs Node 22.13 or newer, which
 * includes SQLite, or the package `better-sqlite3` 12; it is loaded only when this is called. Only one process can use the file. If the file
 * and its folder do not exist, they are created, readable by their own user only. When the file is full, the oldest chat of all rooms is removed.
 *
 * @example
 * ```ts
 * import { createPeerstageServer, sqliteLog } from '@peerstage/server'
 *
 * const log = sqliteLog('/var/lib/peerstage/rooms.db', { maxBytes: 4 * 1024 ** 3 })
 * const live = createPeerstageServer({ auth: { secret: process.env.PEERSTAGE_SECRET ?? '' }, log })
 * ```
 *
 * @param path of the file, without white space at its ends; for tests `:memory:`, which uses no file
 * @throws LogNotReady when the file is in use, or its disk is full, read-only or faulty; LogUnavailable when there is no SQLite, or the
 * file is damaged, is of another program or of a newer server, or this user may not use it; RangeError when an option is wrong
 */
export function sqliteLog(path: string, options: SqliteLogOptions = {}): SqliteRoomLog {
  const { durability = 'process', maxBytes = 1024 * MIB, maxRoomBytes = 50 * MIB, chatDays = 30 } = options
  if (durability !== 'process' && durability !== 'full') throw new RangeError("durability must be 'process' or 'full'")
  atLeast(MIB, { maxBytes })
  atLeast(0, { maxRoomBytes, chatDays })
  const db = openFile(path, { durability, maxBytes })
  try {
    const clock = options.clock ?? systemClock()
    return new OpenedLog(db, { durability, maxRoomBytes, chatMs: chatDays * DAY_MS, clock })
  } catch (error) {
    db.close()
    throw unavailable(error)
  }
}

function atLeast(least: number, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isFinite(value) && value >= least)) throw new RangeError(`${name} must be a number from ${least}`)
  }
}
