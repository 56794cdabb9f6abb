import type { Clock } from '../../src/ports/clock'

type Timer = { readonly at: number; readonly order: number; readonly callback: () => void }

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  /** Unless 0, timers come at whole multiples of so many ms only, as those of a hidden tab come at whole minutes. */
  grainMs = 0
  #now = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves time on, and calls back what becomes due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, this.#time(next))
      next.callback()
    }
    this.#now = end
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  #due(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => this.#time(timer) <= end)
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0]
  }

  #time({ at }: Timer): number {
    return this.grainMs === 0 ? at : Math.ceil(at / this.grainMs) * this.grainMs
  }
}
