import type { Clock } from '../../ports/clock'
import type { Database } from './port'

/** The write-ahead log is emptied at most so often on account of deleted messages and closed rooms: each time, the disk is waited for. */
const BETWEEN_SCRUBS_MS = 1000
/** Free pages that the file may hold for what comes next: 4 MiB. The rest goes back to the disk, 1 MiB at a time. */
const FREE_PAGES_KEPT = 1024
const PAGES_GIVEN_BACK = 256
/** A file that may grow by less has reached its bound: a turn of the event loop may need as much. */
const NEAR_BOUND_PAGES = 1024
/** What a file of SQLite can have. */
const MOST_PAGES = 2 ** 32 - 2
/** A probe writes about as much as a batch does. */
const PROBE_BYTES = 64 * 1024

/** Keeps the file small, and free of what was erased from it. */
export class Maintenance {
  readonly #db: Database
  readonly #clock: Pick<Clock, 'now' | 'after'>
  readonly #bound: number
  #lastScrub = Number.NEGATIVE_INFINITY
  #due = false
  #isHeldStill = false
  #cancel: (() => void) | undefined

  constructor(db: Database, clock: Pick<Clock, 'now' | 'after'>) {
    this.#db = db
    this.#clock = clock
    this.#bound = db.pragma('max_page_count') as number
  }

  /**
   * SQLite overwrites what is deleted, but now and then leaves a copy in the gap of a page whose rows it has moved. No query can
   * read it by SQL. So a file from which something was erased is rewritten when it is opened, or later if there is no space for that.
   */
  rebuild(): void {
    if (this.#db.prepare('SELECT 1 FROM upkeep WHERE erased = 1').get() === undefined) return
    try {
      this.#db.exec('VACUUM; UPDATE upkeep SET erased = 0; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // It takes as much room again as the file has. The log itself is well.
    }
  }

  /** Does what must not fail because the file is full. */
  beyondItsBound<T>(work: () => T): T {
    this.#db.pragma(`max_page_count = ${MOST_PAGES}`)
    try {
      return work()
    } finally {
      // SQLite takes the file's own size where it has outgrown that.
      this.#db.pragma(`max_page_count = ${this.#bound}`)
    }
  }

  /** Notes, within a transaction, that something is erased by it. */
  erased(): void {
    this.#db.exec('UPDATE upkeep SET erased = 1 WHERE erased = 0')
    this.evicted()
  }

  /** Notes, within a transaction, that something is deleted that the write-ahead log must not keep either. */
  evicted(): void {
    this.#due = true
  }

  /** After a transaction: deleted data leaves the write-ahead log too, and free pages go back to the disk. Never throws. */
  afterwards(): void {
    if (this.#due) this.#scrubInTime()
    try {
      const free = this.#db.pragma('freelist_count') as number
      if (free > FREE_PAGES_KEPT) this.#db.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`)
    } catch {
      // There is a next transaction.
    }
  }

  /** Empties the write-ahead log now, if anything was erased. Never throws. */
  scrub(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (!this.#due || this.#isHeldStill) return
    this.#lastScrub = this.#clock.now()
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)')
      this.#due = false
    } catch {
      this.#scrubInTime()
    }
  }

  /**
   * Holds the file itself still: what is written goes into the write-ahead log, which grows meanwhile, and what is erased leaves it
   * afterwards. Returns what ends that, and tells whether it was so until then. Undefined where the file is held already.
   */
  holdStill(): (() => boolean) | undefined {
    if (this.#isHeldStill) return undefined
    const pages = this.#db.pragma('wal_autocheckpoint')
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
    this.#db.pragma('wal_autocheckpoint = 0')
    this.#isHeldStill = true
    return () => {
      if (!this.#isHeldStill) return false
      this.#isHeldStill = false
      this.#db.pragma(`wal_autocheckpoint = ${pages}`)
      this.scrub()
      return true
    }
  }

  /** Whether it is the file's own bound that leaves no room, and not what others have filled the disk with. */
  isNearItsBound(): boolean {
    const [most = 0, pages = 0, free = 0] = ['max_page_count', 'page_count', 'freelist_count'].map(
      (name) => this.#db.pragma(name) as number,
    )
    return most - pages + free < NEAR_BOUND_PAGES
  }

  /** Writes data without meaning. Data that was read before a fault may have been misread: it is read again. */
  probe(): void {
    this.#db.pragma('shrink_memory')
    this.#db.exec(`UPDATE upkeep SET probe = zeroblob(${PROBE_BYTES})`)
  }

  /** Takes back what a probe has written. */
  probed(): void {
    this.#db.exec('UPDATE upkeep SET probe = NULL')
  }

  close(): void {
    this.#cancel?.()
    this.#isHeldStill = false
  }

  #scrubInTime(): void {
    const wait = this.#lastScrub + BETWEEN_SCRUBS_MS - this.#clock.now()
    if (wait <= 0) return this.scrub()
    this.#cancel ??= this.#clock.after(wait, () => this.scrub())
  }
}
