import type { Clock } from '../ports/clock'
import { systemClock } from '../ports/system-clock'

type Timer = { readonly at: number; readonly callback: () => void; disarm: () => void }

/** Within two of these the server's heartbeat asks a socket at most once: no client is taken for dead because of a jump in time. */
const STEP_MS = 5000

/** The machine's time, and what a test adds to it. Timers fire when they are due by the sum of both. */
export class TestClock implements Clock {
  readonly #real = systemClock()
  readonly #timers = new Set<Timer>()
  readonly #settle: () => Promise<void>
  #aheadMs = 0

  /** `settle`: lets all peers answer what the last step of time has led to. */
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
