import type { Clock } from '../ports/clock'

/** How long a connection may delay the next ones. One that takes longer goes on beside the next. */
export const LONGEST_START_MS = 10_000

/** A place in the queue. `done` lets the next one start; called before its own start, it leaves the queue. Idempotent. */
export type QueuedStart = { done(): void }

type Entry = { readonly start: () => void }

/** Starts connections, none before `open()`: all at once, or the next one when the last one is connected or has taken too long. */
export class StartQueue {
  readonly #limit: number
  readonly #waiting: Entry[] = []
  /** Each with the function that cancels its time limit. */
  readonly #starting = new Map<Entry, () => void>()
  readonly #clock: Clock
  #isOpen = false

  /** @param limit how many may start at the same time */
  constructor(limit: number, clock: Clock) {
    this.#limit = limit
    this.#clock = clock
  }

  open(): void {
    this.#isOpen = true
    this.#startNext()
  }

  /** Calls `start` when it is first in the queue: perhaps at once, before this returns. */
  enter(start: () => void): QueuedStart {
    const entry = { start }
    this.#waiting.push(entry)
    this.#startNext()
    return { done: () => this.#done(entry) }
  }

  #done(entry: Entry): void {
    const at = this.#waiting.indexOf(entry)
    if (at >= 0) this.#waiting.splice(at, 1)
    this.#starting.get(entry)?.()
    if (this.#starting.delete(entry)) this.#startNext()
  }

  #startNext(): void {
    while (this.#isOpen && this.#starting.size < this.#limit) {
      const entry = this.#waiting.shift()
      if (entry === undefined) return
      this.#starting.set(
        entry,
        this.#clock.after(LONGEST_START_MS, () => this.#done(entry)),
      )
      entry.start()
    }
  }
}
