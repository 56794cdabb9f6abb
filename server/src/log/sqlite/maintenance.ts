import type { Clock } from '../../ports/clock'
import type { Database } from './port'

/** The least time between two scrubs. A scrub empties the write-ahead log of deleted messages and closed rooms, and waits for the disk. */
const BETWEEN_SCRUBS_MS = 1000
/** Free pages that the file keeps for later writes: 4 MiB. The rest is given back to the disk, 1 MiB at a time. */
const FREE_PAGES_KEPT = 1024
const PAGES_GIVEN_BACK = 256
/** A file counts as full when it can grow by fewer pages: the writes of one turn of the event loop may need as many. */
const NEAR_BOUND_PAGES = 1024
/** The most pages that a file of SQLite can have. */
const MOST_PAGES = 2 ** 32 - 2
/** A probe writes about as much as a batch. */
const PROBE_BYTES = 64 * 1024

/** Keeps the file small, and removes from the disk what was erased. */
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
   * Rewrites a file from which something was erased; if there is no space for that, a later start does it. SQLite overwrites what is
   * deleted, but sometimes leaves a copy in an unused part of a page whose rows it has moved. No SQL query can read that copy.
   */
  rebuild(): void {
    if (this.#db.prepare('SELECT 1 FROM upkeep WHERE erased = 1').get() === undefined) return
    try {
      this.#db.exec('VACUUM; UPDATE upkeep SET erased = 0; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // A rewrite needs as much space again as the file has. The log works without it.
    }
  }

  /** Runs work that must not fail because the file is full. */
  beyondItsBound<T>(work: () => T): T {
    this.#db.pragma(`max_page_count = ${MOST_PAGES}`)
    try {
      return work()
    } finally {
      // If the file has become larger than the bound, SQLite uses its size as the bound.
      this.#db.pragma(`max_page_count = ${this.#bound}`)
    }
  }

  /** Notes, within a transaction, that the transaction erases something. */
  erased(): void {
    this.#db.exec('UPDATE upkeep SET erased = 1 WHERE erased = 0')
    this.evicted()
  }

  /** Notes, within a transaction, that it deletes something that must leave the write-ahead log too. */
  evicted(): void {
    this.#due = true
  }

  /** Called after a transaction. Removes deleted data from the write-ahead log, and gives free pages back to the disk. Never throws. */
  afterwards(): void {
    if (this.#due) this.#scrubInTime()
    try {
      const free = this.#db.pragma('freelist_count') as number
      if (free > FREE_PAGES_KEPT) this.#db.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`)
    } catch {
      // The next transaction tries again.
    }
  }

  /** Empties the write-ahead log now, if it has deleted data. Never throws. */
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
   * Stops all writes to the file itself, until the hold ends: data goes to the write-ahead log, which grows, and erased data is removed
   * from it afterwards. Returns the function that ends the hold, and says whether the hold lasted until then. Undefined if there is a hold already.
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

  /** Whether the file has reached its own bound. If not, a full disk is full of other files. */
  isNearItsBound(): boolean {
    const [most = 0, pages = 0, free = 0] = ['max_page_count', 'page_count', 'freelist_count'].map(
      (name) => this.#db.pragma(name) as number,
    )
    return most - pages + free < NEAR_BOUND_PAGES
  }

  /** Writes data without meaning, to see whether writing works. It also empties the cache: what was read before a fault may be wrong. */
  probe(): void {
    this.#db.pragma('shrink_memory')
    this.#db.exec(`UPDATE upkeep SET probe = zeroblob(${PROBE_BYTES})`)
  }

  /** Removes what a probe has written. */
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
