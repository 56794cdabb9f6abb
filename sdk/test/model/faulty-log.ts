import type { Batch, StoredRoom } from '../../../server/src/ports/event-log'
import { LogUnavailable } from '../../../server/src/ports/log-unavailable'
import type { RoomLog } from '../../../server/src/ports/room-log'
import type { Witness } from './witness'

type Method = (...args: unknown[]) => Promise<unknown>

/** How an append is held up: before the log has taken it, or when the log has it and only the answer is late. */
export type Holding = 'before' | 'after'

/**
 * A real log between the server and the disk that fails, holds up, and dies with its process when the world says so. The
 * witness hears of each batch that the log has kept.
 */
export class FaultyLog {
  #log: RoomLog | undefined
  /** Rises when what a process had not yet brought to the disk is lost with it. */
  #era = 0
  readonly #witness: Witness
  readonly #ms: () => number
  /** So many of the next calls fail. */
  failing = 0
  /** The next append is kept, but what it answers says nothing of that. */
  garbling = false
  #holding = new Map<string, Holding>()
  #releases = new Map<string, (() => void)[]>()
  #running = 0
  /** When a call failed for the last time, by the world's time. */
  failedAt = Number.NEGATIVE_INFINITY
  /** When a room's batches were let go on for the last time, by the world's time. */
  releasedAt = Number.NEGATIVE_INFINITY

  /** @param ms the world's time */
  constructor(witness: Witness, ms: () => number) {
    this.#witness = witness
    this.#ms = ms
  }

  /** Another process has opened the log. */
  reopened(log: RoomLog): void {
    this.#log = log
  }

  /** The process was killed, and what was on its way to the disk never gets there. */
  lost(): void {
    this.#era++
  }

  /** Whether a call is on its way that is not held up. */
  get isBusy(): boolean {
    return this.#running > 0
  }

  /** Whether the room's batches wait. */
  holds(roomId: string): boolean {
    return this.#holding.has(roomId)
  }

  hold(roomId: string, holding: Holding): void {
    if (!this.#holding.has(roomId)) this.#holding.set(roomId, holding)
  }

  release(roomId: string): void {
    if (this.#holding.delete(roomId)) this.releasedAt = this.#ms()
    for (const release of this.#releases.get(roomId)?.splice(0) ?? []) release()
  }

  /** What one process sees of it. `isAlive`: a process that is not anymore neither writes nor hears an answer. */
  of(process: { readonly isAlive: boolean }): RoomLog {
    if (this.#log === undefined) throw new Error('no log was opened')
    return new Proxy(this.#log, {
      get: (log, name: keyof RoomLog) => {
        const method = (log[name] as Method).bind(log)
        if (name === 'append') return (batch: Batch) => this.#append(process, log, batch)
        return async (...args: unknown[]) => {
          const answer = await this.#call(process, () => method(...args))
          if (name === 'load') this.#witness.loaded(String(args[0]), answer as StoredRoom)
          if (name === 'forget') this.#witness.forgotten(String(args[0]), String(args[1]))
          return answer
        }
      },
    })
  }

  async #append(process: { readonly isAlive: boolean }, log: RoomLog, batch: Batch): Promise<void> {
    const handedAt = this.#ms()
    const holding = this.#holding.get(batch.roomId)
    if (holding === 'before') await this.#held(batch.roomId)
    const era = this.#era
    await this.#call(process, async () => {
      await log.append(batch)
      if (era === this.#era) this.#witness.kept(batch, handedAt)
      if (!this.garbling) return
      this.garbling = false
      throw new Error('garbled by the model')
    })
    if (holding !== 'after') return
    await this.#held(batch.roomId)
    if (process.isAlive) return
    this.#witness.seen.add('killed between append and reply')
    await NEVER
  }

  #held(roomId: string): Promise<void> {
    return new Promise((resolve) => {
      this.#releases.set(roomId, [...(this.#releases.get(roomId) ?? []), resolve])
    })
  }

  async #call(process: { readonly isAlive: boolean }, call: () => Promise<unknown>): Promise<unknown> {
    if (!process.isAlive) await NEVER
    if (this.failing > 0) {
      this.failing--
      this.failedAt = this.#ms()
      throw new LogUnavailable('failed by the model')
    }
    this.#running++
    const answer = await call().finally(() => {
      this.#running--
    })
    if (!process.isAlive) await NEVER
    return answer
  }
}

const NEVER = new Promise<never>(() => {})
