import type { HistoryQuery } from '../../ports/chat-archive'
import type { Clock } from '../../ports/clock'
import type { Batch, StoredRoom } from '../../ports/event-log'
import { LogUnavailable } from '../../ports/log-unavailable'
import type { RecordSource } from '../../ports/record-feed'
import type { RoomLog } from '../../ports/room-log'
import { systemClock } from '../../ports/system-clock'
import { onlyLeaves } from '../../room/projection'
import { eraser, everyPage } from './erasure'
import { openFile, unavailable } from './file'
import { watchFile } from './file-watch'
import { GroupCommit } from './group-commit'
import { Maintenance } from './maintenance'
import { type Database, inTransaction } from './port'
import { powerWatch } from './power-loss'
import { openTables, type Tables } from './tables'
import { batchWriter } from './writer'

const MIB = 1024 * 1024
const DAY_MS = 24 * 3600 * 1000

/** A log in a file. */
export type SqliteRoomLog = RoomLog &
  RecordSource & {
    /**
     * Holds the file itself still, so that another process may copy it while the log goes on: what is written goes into the
     * write-ahead log beside it, which grows until the hold ends. Never copy it in this process: to close the file there ends its lock.
     * Returns what ends the hold, and tells whether the file was still until then (not where the log was closed, or the hold had ended
     * before); undefined where there is a hold already.
     * @throws LogUnavailable when what is in the write-ahead log cannot be brought into the file
     */
    holdStill(): (() => boolean) | undefined
  }

/** What a log on disk may take, and what it withstands. */
export type SqliteLogOptions = {
  /**
   * What a batch that was kept survives: the end of the process, however it ends (`process`), or the loss of power too (`full`), for
   * which each batch waits for the disk. Default `process`.
   */
  readonly durability?: 'process' | 'full'
  /** Bytes of the file, at least 1 MiB; the write-ahead log beside it takes some MiB more. Default 1 GiB. */
  readonly maxBytes?: number
  /** Bytes of chat that are kept of one room; its oldest messages give way. Default 50 MiB. */
  readonly maxRoomBytes?: number
  /** For how many days chat is kept. Default 30. */
  readonly chatDays?: number
  /** By which events and chat grow old. Default: the machine's. */
  readonly clock?: Pick<Clock, 'now' | 'after'>
}

/**
 * A log in a file of SQLite: rooms go on after a restart as they were, and chat can be read back. It needs Node 22.13 or newer,
 * which brings SQLite along, or the package `better-sqlite3` 12; either is loaded only here. The file is for one process; it and its folder are made where they are not
 * there, to be read by their own user only. When the file is full, the oldest chat of all rooms gives way.
 *
 * @example
 * ```ts
 * import { createPeerstageServer, sqliteLog } from '@peerstage/server'
 *
 * const log = sqliteLog('/var/lib/peerstage/rooms.db', { maxBytes: 4 * 1024 ** 3 })
 * const live = createPeerstageServer({ auth: { secret: process.env.PEERSTAGE_SECRET ?? '' }, log })
 * ```
 *
 * @param path of the file, without white space at its ends; `:memory:` for none, which is for tests
 * @throws LogNotReady when the file is in use, or its disk is full, read-only or faulty; LogUnavailable when there is no SQLite, or the
 * file is damaged, of another program, of a newer server, or not for this user; RangeError when an option is wrong
 */
export function sqliteLog(path: string, options: SqliteLogOptions = {}): SqliteRoomLog {
  const { durability = 'process', maxBytes = 1024 * MIB, maxRoomBytes = 50 * MIB, chatDays = 30 } = options
  if (durability !== 'process' && durability !== 'full') throw new RangeError("durability must be 'process' or 'full'")
  atLeast(MIB, { maxBytes })
  atLeast(0, { maxRoomBytes, chatDays })
  const db = openFile(path, { durability, maxBytes })
  try {
    const clock = options.clock ?? systemClock()
    return new SqliteLog(db, { durability, maxRoomBytes, chatMs: chatDays * DAY_MS, clock })
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

type Settings = Required<Pick<SqliteLogOptions, 'durability' | 'maxRoomBytes' | 'clock'>> & { readonly chatMs: number }

class SqliteLog implements SqliteRoomLog {
  readonly #db: Database
  readonly #now: () => number
  readonly #tables: Tables
  readonly #maintenance: Maintenance
  readonly #writer: ReturnType<typeof batchWriter>
  readonly #eraser: ReturnType<typeof eraser>
  readonly #commits: GroupCommit
  readonly #power: ReturnType<typeof powerWatch>

  constructor(db: Database, { durability, maxRoomBytes, chatMs, clock }: Settings) {
    this.#db = db
    this.#now = () => clock.now()
    this.#maintenance = new Maintenance(db, clock)
    this.#maintenance.rebuild()
    const tables = openTables(db)
    this.#tables = tables
    const erased = () => this.#maintenance.erased()
    this.#writer = batchWriter({ ...tables, maxRoomBytes, now: this.#now, erased })
    this.#eraser = eraser(tables, erased)
    const housekeeping = () => {
      tables.chat.prune(chatMs, this.#now())
      tables.tombstones.evict(this.#now())
      tables.readers.sweep(this.#now())
    }
    this.#commits = new GroupCommit({
      db,
      before: watchFile(db.path),
      housekeeping,
      kept: () => this.#maintenance.afterwards(),
      beyondItsBound: (work) => this.#maintenance.beyondItsBound(work),
      makeRoom: () =>
        this.#maintenance.isNearItsBound() && inTransaction(db, 'IMMEDIATE', () => tables.chat.makeRoom() > 0),
    })
    this.#power = powerWatch(db, tables, durability)
    const open = () => {
      tables.tombstones.opened(this.#now())
      // No client resumes into a room that closed before the process ended.
      for (const row of tables.instances.rows('closed')) this.#eraser.forget(row)
      housekeeping()
      this.#power.opened()
    }
    this.#maintenance.beyondItsBound(() => inTransaction(db, 'IMMEDIATE', open))
    // The disk is waited for: whatever is lost from now on, that the machine ran is not.
    db.pragma('wal_checkpoint(TRUNCATE)')
  }

  async append(batch: Batch): Promise<void> {
    const fault = await this.#commits.add(() => this.#writer.write(batch), onlyLeaves(batch.records))
    if (fault !== undefined) throw fault
  }

  async since(roomId: string, instance: string, seq: number) {
    return this.#read(({ instances, records }) => {
      const row = instances.find(roomId, instance)
      return row === undefined || row.status === 'forgotten' ? undefined : records.since(row, seq, this.#now())
    })
  }

  async load(roomId: string): Promise<StoredRoom> {
    return this.#read(({ instances, records, tombstones }) => {
      const open = instances.openIn(roomId)
      const state = open === undefined ? undefined : records.state(open)
      return { ...tombstones.of(roomId, this.#now()), ...(state === undefined ? {} : { state }) }
    })
  }

  async openRooms() {
    return this.#read(({ instances }) => instances.open())
  }

  async history(roomId: string, query: HistoryQuery) {
    return this.#read(({ chat }) => chat.history(roomId, query))
  }

  async message(roomId: string, instance: string | undefined, messageId: string) {
    return this.#read(({ chat }) => chat.message(roomId, instance, messageId))
  }

  forget(roomId: string, instance: string): Promise<void> {
    return this.#commits.add(() => {
      this.#eraser.forget(this.#tables.instances.find(roomId, instance))
      // This also deletes what it still held of an erased identity: given roles, kicks.
      this.#maintenance.evicted()
    }, true)
  }

  async eraseRoom(roomId: string): Promise<void> {
    await this.#commits.addSteps(() => this.#eraser.room(roomId))
    this.#maintenance.scrub()
  }

  async messagesOf(identity: string) {
    return everyPage((after) => this.#read(({ chat }) => chat.messagesOf(identity, after)))
  }

  async eraseIdentity(identity: string): Promise<void> {
    await this.#commits.addSteps(() => this.#eraser.identity(identity))
    this.#maintenance.scrub()
  }

  setReaders(names: readonly string[]): Promise<void> {
    return this.#commits.add(() => this.#tables.readers.set(names))
  }

  async unread(reader: string) {
    return this.#read(({ readers }) => readers.unread(reader))
  }

  async nextPage(reader: string, roomId: string, instance: string) {
    return this.#read(({ readers }) => readers.nextPage(reader, roomId, instance))
  }

  savePosition(reader: string, roomId: string, instance: string, seq: number): Promise<void> {
    return this.#commits.add(() => this.#tables.readers.save(reader, roomId, instance, seq), true)
  }

  async probe(): Promise<void> {
    await this.#commits.add(() => this.#maintenance.probe())
    await this.#commits.add(() => this.#maintenance.probed())
  }

  holdStill() {
    this.#commits.flush()
    return this.#read(() => this.#maintenance.holdStill())
  }

  async close(): Promise<void> {
    if (!this.#db.isOpen) return
    this.#commits.flush()
    this.#maintenance.close()
    try {
      this.#power.closing()
      this.#db.close()
    } catch (error) {
      throw unavailable(error)
    }
  }

  #read<T>(work: (tables: Tables) => T): T {
    if (!this.#db.isOpen) throw new LogUnavailable('The log is closed.')
    try {
      return work(this.#tables)
    } catch (error) {
      throw unavailable(error)
    }
  }
}
