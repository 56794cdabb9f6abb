import type { Clock } from '../../src/ports/clock'
import { monotonicTime } from '../../src/ports/clock'

/** A clock that a test advances. `setImmediate` stays real, because the sockets are real. */
export class FakeClock implements Clock {
  readonly #next = monotonicTime(0, 0)
  #wall: number
  #elapsed = 0
  #timers = new Set<{ at: number; callback: () => void }>()

  /** Starts at the real time, because tokens are signed with it. */
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

  /** Milliseconds until each pending timer fires. */
  get pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#elapsed).sort((a, b) => a - b)
  }

  /** Advances the clock: timers fire in order, each at its own time. */
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

  /** Changes the wall clock alone, as when the machine's time is set: `elapsed` stays. */
  setWall(byMs: number): void {
    this.#wall += byMs
  }
}
