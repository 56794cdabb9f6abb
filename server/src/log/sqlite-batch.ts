import type { Database } from 'better-sqlite3'
import { LogUnavailable } from '../hosting/ports'
import { isFull, unavailable } from './sqlite-file'

type Job = {
  readonly work: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: LogUnavailable) => void
}

export type BatchParts = {
  readonly db: Database
  /** What is done with every transaction, inside of it. */
  readonly inPassing: () => void
  /** What is done after every transaction that was kept. Must not throw. */
  readonly kept: () => void
  /** Frees some of a full file, in a transaction of its own. Says whether there was anything to free. */
  readonly makeRoom: () => boolean
}

/** Gathers what is written in one turn of the event loop, and keeps it in one transaction: all of it, or nothing. */
export class Batch {
  readonly #parts: BatchParts
  #jobs: Job[] = []

  constructor(parts: BatchParts) {
    this.#parts = parts
  }

  /** Queues work; resolves with its result once it is kept. Rejects with a {@link LogUnavailable}. */
  add<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#parts.db.open) return reject(new LogUnavailable('The log is closed.'))
      if (this.#jobs.length === 0) setImmediate(() => this.flush())
      this.#jobs.push({ work, resolve: resolve as Job['resolve'], reject })
    })
  }

  /** Queues a step again until it says that it was the last: each is a transaction of its own, with what others write meanwhile. */
  async addSteps(step: () => boolean): Promise<void> {
    while (!(await this.add(step)));
  }

  /** Keeps what is queued, now. Never throws. */
  flush(): void {
    const jobs = this.#jobs
    this.#jobs = []
    if (jobs.length === 0) return
    try {
      const results = this.#keep(jobs)
      this.#parts.kept()
      for (const [i, { resolve }] of jobs.entries()) resolve(results[i])
    } catch (error) {
      for (const { reject } of jobs) reject(unavailable(error))
    }
  }

  #keep(jobs: readonly Job[]): unknown[] {
    const keep = this.#parts.db.transaction(() => {
      const results = jobs.map(({ work }) => work())
      this.#parts.inPassing()
      return results
    })
    try {
      return keep.immediate()
    } catch (error) {
      if (!isFull(error) || !this.#parts.makeRoom()) throw error
      return keep.immediate()
    }
  }
}
