import type { Clock } from './ports'

/** Where time comes from, in ms: the clock on the wall, which may be set, and what has elapsed of it all the same. */
export type TimeSource = { readonly wall: () => number; readonly elapsed: () => number }

const MACHINE: TimeSource = { wall: () => Date.now(), elapsed: () => performance.now() }

/**
 * The machine's clock. Where the wall's is set back, this one goes on at half the speed until the wall's has caught up: time neither runs
 * back nor stands still, and whatever is due in a minute is due within two.
 */
export function systemClock({ wall, elapsed }: TimeSource = MACHINE): Clock {
  let latest = 0
  let lookedAt = elapsed()
  return {
    now() {
      const before = lookedAt
      lookedAt = elapsed()
      latest = Math.max(wall(), latest + (lookedAt - before) / 2)
      return Math.floor(latest)
    },
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
    nextTurn(callback) {
      setImmediate(callback)
    },
  }
}
