import type { Clock } from '../../src/ports/clock'
import { onwards } from '../../src/ports/system-clock'

/** Time that passes when a test says so. Turns are the event loop's own: sockets are real. */
export class FakeClock implements Clock {
  readonly #next = onwards(0, 0)
  #wall: number
  #elapsed = 0
  #timers = new Set<{ at: number; callback: () => void }>()

  /** Starts at the real time, because tokens are signed by it. */
  constructor(now = Date.now()) {
    this.#wall = now
  }

  now(): number {
    return this.#next(this.wall(), this.#elapsed)
  }

  wall(): number {
    return this.#wall + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  nextTurn(callback: () => void): void {
    setImmediate(callback)
  }

  /** How far off the next timers are, in ms. */
  get pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#elapsed).sort((a, b) => a - b)
  }

  /** Lets time pass: timers fire in their order, each at its own time. */
  advance(ms: number): void {
    const end = this.#elapsed + ms
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#elapsed = Math.max(this.#elapsed, next.at)
      next.callback()
    }
    this.#elapsed = end
  }

  /** Sets the clock on the wall: it shows so much more, or less where that is negative. */
  setWall(byMs: number): void {
    this.#wall += byMs
  }
}
