import type { Clock } from '../../src/hosting/ports'

/** Time that passes when a test says so. Turns are the event loop's own: sockets are real. */
export class FakeClock implements Clock {
  #now: number
  #timers = new Set<{ at: number; callback: () => void }>()

  /** Starts at the real time, because tokens are signed by it. */
  constructor(now = Date.now()) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  nextTurn(callback: () => void): void {
    setImmediate(callback)
  }

  /** How far off the next timers are, in ms. */
  get pending(): number[] {
    return [...this.#timers].map(({ at }) => at - this.#now).sort((a, b) => a - b)
  }

  /** Lets time pass: timers fire in their order, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }
}
