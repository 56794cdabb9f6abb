import type { Clock } from '../ports/clock'
import { systemClock } from '../ports/clock'

type Timer = { readonly at: number; readonly callback: () => void; disarm: () => void }

/** In two steps the server's heartbeat pings a socket at most once, so that no client counts as dead because of a jump in time. */
const STEP_MS = 5000

/** The machine's time plus the time that a test adds. Timers fire by the sum. */
export class TestClock implements Clock {
  readonly #real = systemClock()
  readonly #timers = new Set<Timer>()
  readonly #settle: () => Promise<void>
  #aheadMs = 0

  /** `settle` waits until all clients have answered what the last step caused. */
  constructor(settle: () => Promise<void>) {
    this.#settle = settle
  }

  now(): number {
    return this.#real.now() + this.#aheadMs
  }

  wall(): number {
    return this.#real.wall() + this.#aheadMs
  }

  elapsed(): number {
    return this.#real.elapsed() + this.#aheadMs
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { at: this.elapsed() + delayMs, callback, disarm: () => {} }
    this.#timers.add(timer)
    this.#arm(timer)
    return () => this.#drop(timer)
  }

  nextTurn(callback: () => void): void {
    this.#real.nextTurn(callback)
  }

  async advance(ms: number): Promise<void> {
    await this.#settle()
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.#leap(Math.min(left, STEP_MS))
      await this.#settle()
    }
  }

  /** Timers fire in their order, each at its own time. */
  #leap(ms: number): void {
    const end = this.elapsed() + ms
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#drop(next)
      this.#reach(next.at)
      next.callback()
    }
    this.#reach(end)
    for (const timer of this.#timers) this.#arm(timer)
  }

  #reach(at: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, at - this.#real.elapsed())
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }

  #arm(timer: Timer): void {
    timer.disarm()
    timer.disarm = this.#real.after(Math.max(0, timer.at - this.elapsed()), () => {
      this.#drop(timer)
      timer.callback()
    })
  }

  #drop(timer: Timer): void {
    timer.disarm()
    this.#timers.delete(timer)
  }
}
