// Time: the interface of a clock, timers by it, and the machine's own clock.
import type { Logger } from './logger'

/**
 * Time and its timers. The machine's clock may be set while the server runs, so there are three times, and each use says which
 * one it means. Delays over 2³¹−1 ms are clamped by the caller.
 */
export interface Clock {
  /**
   * For the order of a room, and for what follows from the times of its events: milliseconds since the epoch, never less than
   * before. Where the machine's clock is set back, this one is ahead of it for a while.
   */
  now(): number
  /**
   * What the machine's clock shows: milliseconds since the epoch. It may be set forward and back. For what other machines judge
   * by their clocks too: the ends of tokens and of TURN passwords.
   */
  wall(): number
  /** For how long something takes, or has been: milliseconds since some moment. No setting of a clock changes it. */
  elapsed(): number
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void
  /** Calls back once in the next event-loop turn, after the I/O that is ready now. */
  nextTurn(callback: () => void): void
}

/**
 * A clock of an app's own. `wall` and `elapsed` may be left out, and are `now` then: a test that lets time pass needs only that one.
 *
 * @example
 * ```ts
 * import { createPeerstageServer, type OwnClock } from '@peerstage/server'
 *
 * let aheadMs = 0
 * const clock: OwnClock = {
 *   now: () => Date.now() + aheadMs,
 *   after(delayMs, callback) {
 *     const timer = setTimeout(callback, delayMs)
 *     return () => clearTimeout(timer)
 *   },
 *   nextTurn: (callback) => void setImmediate(callback),
 * }
 * const live = createPeerstageServer({ dev: true, clock })
 * aheadMs += 3_600_000 // an hour later, as far as the server knows
 * ```
 */
export type OwnClock = Pick<Clock, 'now' | 'after' | 'nextTurn'> & Partial<Pick<Clock, 'wall' | 'elapsed'>>

/** For a timer that is not set: what cancels it. One function for all, because one for each socket would cost memory. */
export const NOTHING = (): void => {}

/** `setTimeout` keeps its delay in 31 bits; anything longer fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1
/** Calls back once after `delayMs`, however many they are. Returns what cancels it. */
export function setTimer(clock: Pick<Clock, 'after'>, delayMs: number, callback: () => void): () => void {
  let cancel = () => {}
  const arm = (left: number) => {
    const goOn = left > LONGEST_DELAY_MS ? () => arm(left - LONGEST_DELAY_MS) : callback
    cancel = clock.after(Math.min(Math.max(0, left), LONGEST_DELAY_MS), goOn)
  }
  arm(delayMs)
  return () => cancel()
}

/** Where time comes from, in ms: the clock on the wall, which may be set, and what has elapsed of it all the same. */
type TimeSource = { readonly wall: () => number; readonly elapsed: () => number }

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
  const look = watchClockChanges({ wall, elapsed }, logger)
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
const CLOCK_CHANGE_MS = 10_000

/**
 * Tells, once for each change, that the machine's clock does not show what has elapsed since the last look. That is so where it was
 * set, and after a machine has slept. Call what is returned whenever the clock is read.
 */
function watchClockChanges(clock: Pick<Clock, 'wall' | 'elapsed'>, logger: Logger): () => void {
  const offset = () => clock.wall() - clock.elapsed()
  let last = offset()
  return () => {
    const now = offset()
    const byMs = Math.round(now - last)
    last = now
    if (Math.abs(byMs) <= CLOCK_CHANGE_MS) return
    const [from, to] = [clock.wall() - byMs, clock.wall()].map((ms) => new Date(ms).toISOString())
    logger.warn(
      { from, to, byMs },
      'the clock of this machine has leapt: ends of tokens and of TURN passwords go by it',
    )
  }
}
