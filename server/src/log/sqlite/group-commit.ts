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
  /** Called before every transaction. If it throws, there is no transaction. */
  readonly before: () => void
  /** Called at the end of every transaction, inside it. */
  readonly housekeeping: () => void
  /** Called after every transaction that was committed. Must not throw. */
  readonly kept: () => void
  /** Frees some space of a full file, in a transaction of its own. Returns whether it freed any. */
  readonly makeRoom: () => boolean
  /** Runs work that must not fail because the file is full. */
  readonly beyondItsBound: <T>(work: () => T) => T
}

/**
 * Collects the writes of one turn of the event loop, and commits them in one transaction: all of them, or none. When the file is
 * too full for all of them, it commits only those that free space.
 */
export class GroupCommit {
  readonly #ports: GroupCommitPorts
  #jobs: Job[] = []

  constructor(ports: GroupCommitPorts) {
    this.#ports = ports
  }

  /**
   * Queues work; resolves with its result when it is committed. Rejects with a {@link LogUnavailable}. `makesRoom`: the work lets
   * the file free space, so it may exceed the file's bound.
   */
  add<T>(work: () => T, makesRoom = false): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#ports.db.isOpen) return reject(logClosed())
      if (this.#jobs.length === 0) setImmediate(() => this.flush())
      this.#jobs.push({ work, makesRoom, resolve: resolve as Job['resolve'], reject })
    })
  }

  /** Runs the steps of an erasure until one returns undefined. Each step has its own transaction, with what others write meanwhile. */
  async addSteps<Position>(start: Position, step: (from: Position) => Position | undefined): Promise<void> {
    for (let from: Position | undefined = start; from !== undefined; ) {
      const position: Position = from
      from = await this.add(() => step(position), true)
    }
  }

  /** Commits what is queued, now. Never throws. */
  flush(): void {
    const jobs = this.#jobs
    this.#jobs = []
    if (jobs.length > 0) this.#commit(jobs)
  }

  #commit(jobs: readonly Job[]): void {
    try {
      this.#ports.before()
      const results = this.#transact(jobs)
      this.#ports.kept()
      for (const [i, { resolve }] of jobs.entries()) resolve(results[i])
    } catch (error) {
      const [making, taking] = [true, false].map((makes) => jobs.filter(({ makesRoom }) => makesRoom === makes))
      if (isFull(error) && making?.length && taking?.length) {
        // Work that needs space must not stop the work that frees space.
        this.#commit(making)
        this.#commit(taking)
        return
      }
      for (const { reject } of jobs) reject(unavailable(error))
    }
  }

  #transact(jobs: readonly Job[]): unknown[] {
    const commit = () =>
      inTransaction(this.#ports.db, 'IMMEDIATE', () => {
        const results = jobs.map(({ work }) => work())
        this.#ports.housekeeping()
        return results
      })
    try {
      return commit()
    } catch (error) {
      if (!isFull(error)) throw error
      if (this.#ports.makeRoom()) return commit()
      if (jobs.every(({ makesRoom }) => makesRoom)) return this.#ports.beyondItsBound(commit)
      throw error
    }
  }
}
