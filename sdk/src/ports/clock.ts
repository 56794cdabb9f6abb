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
