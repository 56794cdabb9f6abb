import type { Clock, OwnClock } from './clock'
import type { Logger } from './logger'

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

/**
 * A clock whose callbacks cannot end the process: an error that one throws is reported, and the process goes on. It tells, too,
 * where the machine's clock was set.
 */
export function guardedClock(clock: OwnClock, logger: Logger): Clock {
  const guarded = (callback: () => void) => () => {
    try {
      callback()
    } catch (error) {
      logger.error({ err: error }, 'what was due could not be done')
    }
  }
  const wall = () => clock.wall?.() ?? clock.now()
  const elapsed = () => clock.elapsed?.() ?? clock.now()
  const look = leapWatch({ wall, elapsed }, logger)
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

/** As far as tokens let clocks be apart. What a clock is set right by in passing is far less. */
const LEAP_MS = 10_000

/**
 * Tells, once for each leap, that the machine's clock does not show what has elapsed since the last look. That is so where it was
 * set, and after a machine has slept. Call what is returned whenever the clock is read.
 */
function leapWatch(clock: Pick<Clock, 'wall' | 'elapsed'>, logger: Logger): () => void {
  const offset = () => clock.wall() - clock.elapsed()
  let last = offset()
  return () => {
    const now = offset()
    const byMs = Math.round(now - last)
    last = now
    if (Math.abs(byMs) <= LEAP_MS) return
    const [from, to] = [clock.wall() - byMs, clock.wall()].map((ms) => new Date(ms).toISOString())
    logger.warn(
      { from, to, byMs },
      'the clock of this machine has leapt: ends of tokens and of TURN passwords go by it',
    )
  }
}
