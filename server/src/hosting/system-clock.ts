import type { Clock } from './ports'

/** Where time comes from, in ms: the clock on the wall, which may be set, and what has elapsed of it all the same. */
export type TimeSource = { readonly wall: () => number; readonly elapsed: () => number }

const MACHINE: TimeSource = { wall: () => Date.now(), elapsed: () => performance.now() }

/**
 * A time that neither runs back nor stands still: from `latest` on it goes at half the speed until the wall's has caught up, so
 * whatever is due in a minute is due within two. What this answers with is asked with the wall's time and with what has elapsed,
 * which was `lookedAt` at first; all in ms.
 */
export function onwards(latest: number, lookedAt: number): (wall: number, elapsed: number) => number {
  return (wall, elapsed) => {
    latest = Math.max(wall, latest + Math.max(0, elapsed - lookedAt) / 2)
    lookedAt = elapsed
    return latest
  }
}

/** The machine's clock. Where the wall's is set back, this one goes {@link onwards}. */
export function systemClock({ wall, elapsed }: TimeSource = MACHINE): Clock {
  const next = onwards(0, elapsed())
  return {
    now: () => Math.floor(next(wall(), elapsed())),
    wall,
    elapsed,
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
    nextTurn(callback) {
      setImmediate(callback)
    },
  }
}
