import type { Clock, Journal } from './ports'

/** A clock whose callbacks end nothing but themselves: a fault of our own in one is told of, and the process lives. */
export function guardedClock(clock: Clock, journal: Journal): Clock {
  const guarded = (callback: () => void) => () => {
    try {
      callback()
    } catch (error) {
      journal.error({ err: error }, 'what was due could not be done')
    }
  }
  return {
    now: () => clock.now(),
    after: (delayMs, callback) => clock.after(delayMs, guarded(callback)),
    nextTurn: (callback) => clock.nextTurn(guarded(callback)),
  }
}
