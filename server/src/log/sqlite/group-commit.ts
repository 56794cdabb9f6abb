import type { LogUnavailable } from '../../ports/log-unavailable'
import { isFull, logClosed, unavailable } from './file'
import { type Database, inTransaction } from './port'

type Job = {
  readonly work: () => unknown
  readonly makesRoom: boolean
  readonly resolve: (value: unknown) => void
  readonly reject: (error: LogUnavailable) => void
}

export type GroupCommitPorts = {
  readonly db: Database
  /** What is done before every transaction; where it throws, there is none. */
  readonly before: () => void
  /** What is done with every transaction, inside of it. */
  readonly housekeeping: () => void
  /** What is done after every transaction that was kept. Must not throw. */
  readonly kept: () => void
  /** Frees some of a full file, in a transaction of its own. Says whether there was anything to free. */
  readonly makeRoom: () => boolean
  /** Does what must not fail because the file is full. */
  readonly beyondItsBound: <T>(work: () => T) => T
}

/**
 * Gathers what is written in one turn of the event loop, and keeps it in one transaction: all of it, or nothing. Where the file is
 * too full for it, only the work that frees space is kept.
 */
export class GroupCommit {
  readonly #ports: GroupCommitPorts
  #jobs: Job[] = []

  constructor(ports: GroupCommitPorts) {
    this.#ports = ports
  }

  /**
   * Queues work; resolves with its result once it is kept. Rejects with a {@link LogUnavailable}. `makesRoom`: it lets the
   * file free space, so it may go beyond the file's bound.
   */
  add<T>(work: () => T, makesRoom = false): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#ports.db.isOpen) return reject(logClosed())
      if (this.#jobs.length === 0) setImmediate(() => this.flush())
      this.#jobs.push({ work, makesRoom, resolve: resolve as Job['resolve'], reject })
    })
  }

  /** Queues the steps of erasing, until one returns no place to go on: each is a transaction of its own, with what others write meanwhile. */
  async addSteps<Position>(start: Position, step: (from: Position) => Position | undefined): Promise<void> {
    for (let from: Position | undefined = start; from !== undefined; ) {
      const position: Position = from
      from = await this.add(() => step(position), true)
    }
  }

  /** Keeps what is queued, now. Never throws. */
  flush(): void {
    const jobs = this.#jobs
    this.#jobs = []
    if (jobs.length > 0) this.#settle(jobs)
  }

  #settle(jobs: readonly Job[]): void {
    try {
      this.#ports.before()
      const results = this.#keep(jobs)
      this.#ports.kept()
      for (const [i, { resolve }] of jobs.entries()) resolve(results[i])
    } catch (error) {
      const [making, taking] = [true, false].map((makes) => jobs.filter(({ makesRoom }) => makesRoom === makes))
      if (isFull(error) && making?.length && taking?.length) {
        // What makes room is not held up by what takes some.
        this.#settle(making)
        this.#settle(taking)
        return
      }
      for (const { reject } of jobs) reject(unavailable(error))
    }
  }

  #keep(jobs: readonly Job[]): unknown[] {
    const keep = () =>
      inTransaction(this.#ports.db, 'IMMEDIATE', () => {
        const results = jobs.map(({ work }) => work())
        this.#ports.housekeeping()
        return results
      })
    try {
      return keep()
    } catch (error) {
      if (!isFull(error)) throw error
      if (this.#ports.makeRoom()) return keep()
      if (jobs.every(({ makesRoom }) => makesRoom)) return this.#ports.beyondItsBound(keep)
      throw error
    }
  }
}
