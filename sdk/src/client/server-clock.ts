import type { Clock } from '../ports/clock'

/**
 * The server's time: the last time that it sent, plus what has elapsed since. It does not depend on this machine's wall clock,
 * which may be wrong or be set.
 */
export class ServerClock {
  readonly #clock: Clock
  readonly #wallNow: () => number
  /** The server's time minus the monotonic clock. */
  #ahead: number | undefined

  /** @param wallNow used until the server has sent its time */
  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock
    this.#wallNow = wallNow
  }

  /** A welcome contains the server's time. */
  tell(serverTime: number): void {
    this.#ahead = serverTime - this.#clock.now()
  }

  /** An event has this time, so it cannot be earlier now: the clock of some machines stops while they sleep. */
  reach(at: number): void {
    if (at > this.now()) this.tell(at)
  }

  /** Whole milliseconds since the epoch. */
  now(): number {
    return Math.round(this.#ahead === undefined ? this.#wallNow() : this.#ahead + this.#clock.now())
  }
}
