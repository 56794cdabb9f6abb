// The clocks of a client: that of this machine, and the time of the server, which is computed from it.

/** The clock of the client. `now` is monotonic, in milliseconds of no particular origin. */
export interface Clock {
  now(): number
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void
}

/** A `setTimeout` with a longer delay would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_DELAY))
    return () => clearTimeout(timer)
  },
}

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
  set(serverTime: number): void {
    this.#ahead = serverTime - this.#clock.now()
  }

  /** An event has this time, so it cannot be earlier now: the clock of some machines stops while they sleep. */
  reach(at: number): void {
    if (at > this.now()) this.set(at)
  }

  /** Whole milliseconds since the epoch. */
  now(): number {
    return Math.round(this.#ahead === undefined ? this.#wallNow() : this.#ahead + this.#clock.now())
  }
}

const BEATS = 10

export type ProgressWatchdog = {
  /** There was progress: the time starts again. */
  progressed(): void
  cancel(): void
}

/**
 * Calls back once if there was no progress for `limitMs`. The time is measured by several timers in a row: on a page that is too busy
 * to run its timers each of them takes longer, so a slow page is not taken for a silent other side. Starting over would only add to
 * the load.
 */
export function watchProgress(clock: Clock, limitMs: number, onStalled: () => void): ProgressWatchdog {
  let left = BEATS
  let cancel = () => {}
  const beat = () => {
    cancel = clock.after(limitMs / BEATS, () => {
      left -= 1
      if (left > 0) beat()
      else onStalled()
    })
  }
  beat()
  return {
    progressed: () => {
      left = BEATS
    },
    cancel: () => cancel(),
  }
}
