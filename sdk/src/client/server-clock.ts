import type { Clock } from '../ports/clock'

/**
 * The server's time, reckoned by what has elapsed since it was told. This machine's clock may be wrong, and may be set: that
 * changes nothing here.
 */
export class ServerClock {
  readonly #clock: Clock
  readonly #wallNow: () => number
  /** By how much it is ahead of what has elapsed. */
  #ahead: number | undefined

  /** @param wallNow serves until the server has told its time */
  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock
    this.#wallNow = wallNow
  }

  /** A welcome says what time it is. */
  tell(serverTime: number): void {
    this.#ahead = serverTime - this.#clock.now()
  }

  /** Something has happened at that time, so it cannot be earlier: some machines stop counting while they sleep. */
  reach(at: number): void {
    if (at > this.now()) this.tell(at)
  }

  /** Whole milliseconds since the epoch. */
  now(): number {
    return Math.round(this.#ahead === undefined ? this.#wallNow() : this.#ahead + this.#clock.now())
  }
}
