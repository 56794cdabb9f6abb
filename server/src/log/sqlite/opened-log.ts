import type { HistoryQuery } from '../../ports/chat-archive'
import type { Clock } from '../../ports/clock'
import type { Batch, StoredRoom } from '../../ports/event-log'
import type { RecordSource } from '../../ports/record-feed'
import type { RoomLog } from '../../ports/room-log'
import { onlyLeaves } from '../../room/room-life'
import { eraser, everyPage, messagesFrom } from './erasure'
import { logClosed, unavailable } from './file'
import { watchFile } from './file-watch'
import { GroupCommit } from './group-commit'
import { ERASE_START } from './identities'
import { Maintenance } from './maintenance'
import { type Database, inTransaction } from './port'
import { powerWatch } from './power-loss'
import { openTables, type Tables } from './tables'
import { BatchWriter } from './writer'

/** A log in a file. */
export type SqliteRoomLog = RoomLog &
  RecordSource & {
    /**
     * Stops all writes to the file itself, so that another process can copy it while the log goes on: data goes to the write-ahead log
     * beside it, which grows until the hold ends. Never copy the file in this process: closing the copy's source there releases the lock.
     * Returns the function that ends the hold. That function returns whether the file did not change until then: false if the log was closed,
     * or the hold had ended before. Undefined if there is a hold already.
     * @throws LogUnavailable when the content of the write-ahead log cannot be moved to the file
     */
    holdStill(): (() => boolean) | undefined
  }

export type OpenedLogPorts = {
  readonly durability: 'process' | 'full'
  readonly maxRoomBytes: number
  /** How long chat is kept, in ms. */
  readonly chatMs: number
  readonly clock: Pick<Clock, 'now' | 'after'>
}

/** A log whose file is open. */
export class OpenedLog implements SqliteRoomLog {
  readonly #db: Database
  readonly #now: () => number
  readonly #tables: Tables
  readonly #maintenance: Maintenance
  readonly #writer: BatchWriter
  readonly #eraser: ReturnType<typeof eraser>
  readonly #commits: GroupCommit
  readonly #power: ReturnType<typeof powerWatch>

  constructor(db: Database, { durability, maxRoomBytes, chatMs, clock }: OpenedLogPorts) {
    this.#db = db
    this.#now = () => clock.now()
    this.#maintenance = new Maintenance(db, clock)
    this.#maintenance.rebuild()
    const tables = openTables(db)
    this.#tables = tables
    const erased = () => this.#maintenance.erased()
    this.#writer = new BatchWriter({ ...tables, maxRoomBytes, now: this.#now, erased })
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
      // Rooms that closed before the last process ended: no client resumes into them.
      for (const row of tables.instances.rows('closed')) this.#eraser.forget(row)
      housekeeping()
      this.#power.opened()
    }
    this.#maintenance.beyondItsBound(() => inTransaction(db, 'IMMEDIATE', open))
    // Wait for the disk: a loss of power may lose what is written from now on, but not the mark that the log was open.
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
      // The snapshot may hold roles and kicks of an erased identity: they must leave the write-ahead log too.
      this.#maintenance.evicted()
    }, true)
  }

  async eraseRoom(roomId: string): Promise<void> {
    await this.#commits.addSteps(ERASE_START, () => this.#eraser.room(roomId))
    this.#maintenance.scrub()
  }

  async messagesOf(identity: string) {
    return everyPage((from) => this.#read((tables) => messagesFrom(tables, identity, from)))
  }

  async eraseIdentity(identity: string): Promise<void> {
    await this.#commits.addSteps(ERASE_START, (from) => this.#eraser.identity(identity, from))
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
    if (!this.#db.isOpen) throw logClosed()
    try {
      return work(this.#tables)
    } catch (error) {
      throw unavailable(error)
    }
  }
}
