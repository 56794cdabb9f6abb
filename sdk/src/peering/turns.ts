/** A place in the line. `end` gives it to the next; called before its turn came, it leaves the line. Idempotent. */
export type Turn = { end(): void }

type Waiting = { readonly start: () => void }

/** Lets connections start: all at once, or the next when the last is up, and none before `open()`. */
export class Turns {
  readonly #limit: number
  readonly #line: Waiting[] = []
  readonly #running = new Set<Waiting>()
  #isOpen = false

  constructor(limit: number) {
    this.#limit = limit
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
    if (this.#running.delete(waiting)) this.#next()
  }

  #next(): void {
    while (this.#isOpen && this.#running.size < this.#limit) {
      const waiting = this.#line.shift()
      if (waiting === undefined) return
      this.#running.add(waiting)
      waiting.start()
    }
  }
}
