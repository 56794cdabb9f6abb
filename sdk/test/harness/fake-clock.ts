import type { Clock } from '../../src/ports/clock'

type Timer = { readonly at: number; readonly callback: () => void }

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  /** Unless 0, timers fire at whole multiples of this only, as those of a hidden tab fire at whole minutes. */
  grainMs = 0
  #now = 0
  /** In the order in which they were set. */
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Moves time on, and runs the timers that are due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#next(end); next; next = this.#next(end)) this.#run(next)
    this.#now = end
  }

  /** As `advance`, and lets promises settle before the first timer and after each. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#run(next)
      await settled()
    }
    this.#now = end
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer)
    this.#now = Math.max(this.#now, this.#time(timer))
    timer.callback()
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers)
      if (this.#time(timer) <= end && (first === undefined || timer.at < first.at)) first = timer
    return first
  }

  #time({ at }: Timer): number {
    return this.grainMs === 0 ? at : Math.ceil(at / this.grainMs) * this.grainMs
  }
}

/** Everything that waits on promises alone has run: a few rounds, for promises that wait on promises. */
async function settled(): Promise<void> {
  for (let round = 0; round < 8; round++) await Promise.resolve()
}
