import { leapWatch } from './leap-watch'
import type { Clock, Journal, OwnClock } from './ports'

/**
 * A clock whose callbacks end nothing but themselves: a fault of our own in one is told of, and the process lives. It tells, too,
 * where the machine's clock was set.
 */
export function guardedClock(clock: OwnClock, journal: Journal): Clock {
  const guarded = (callback: () => void) => () => {
    try {
      callback()
    } catch (error) {
      journal.error({ err: error }, 'what was due could not be done')
    }
  }
  const wall = () => clock.wall?.() ?? clock.now()
  const elapsed = () => clock.elapsed?.() ?? clock.now()
  const look = leapWatch({ wall, elapsed }, journal)
  return {
    now() {
      look()
      return clock.now()
    },
    wall() {
      look()
      return wall()
    },
    elapsed,
    after: (delayMs, callback) => clock.after(delayMs, guarded(callback)),
    nextTurn: (callback) => clock.nextTurn(guarded(callback)),
  }
}
