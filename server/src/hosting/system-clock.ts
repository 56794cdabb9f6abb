import type { Clock } from './ports'

/** The machine's clock. Steps back are not followed: `now` stands still until the clock has caught up. */
export function systemClock(): Clock {
  let latest = 0
  return {
    now() {
      latest = Math.max(latest, Date.now())
      return latest
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
