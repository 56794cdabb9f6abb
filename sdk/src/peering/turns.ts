import type { Clock } from '../ports/clock'

/** The longest that a connection holds up those behind it. One that takes longer goes on beside the next. */
export const LONGEST_TURN_MS = 10_000

/** A place in the line. `end` gives it to the next; called before its turn came, it leaves the line. Idempotent. */
export type Turn = { end(): void }

type Waiting = { readonly start: () => void }

/** Lets connections start: all at once, or the next when the last is up or has had its time, and none before `open()`. */
export class Turns {
  readonly #limit: number
  readonly #line: Waiting[] = []
  /** With what calls off the end of its turn. */
  readonly #running = new Map<Waiting, () => void>()
  readonly #clock: Clock
  #isOpen = false

  constructor(limit: number, clock: Clock) {
    this.#limit = limit
    this.#clock = clock
  }

  open(): void {
    this.#isOpen = true
    this.#next()
  }

  /** Calls `start` when its turn has come, which may be at once and before this returns. */
  take(start: () => void): Turn {
    const waiting = { start }
    this.#line.push(waiting)
    this.#next()
    return { end: () => this.#end(waiting) }
  }

  #end(waiting: Waiting): void {
    const at = this.#line.indexOf(waiting)
    if (at >= 0) this.#line.splice(at, 1)
    this.#running.get(waiting)?.()
    if (this.#running.delete(waiting)) this.#next()
  }

  #next(): void {
    while (this.#isOpen && this.#running.size < this.#limit) {
      const waiting = this.#line.shift()
      if (waiting === undefined) return
      this.#running.set(
        waiting,
        this.#clock.after(LONGEST_TURN_MS, () => this.#end(waiting)),
      )
      waiting.start()
    }
  }
}
