// Time: the interface of a clock, timers by it, and the machine's own clock.
import type { Logger } from './logger'

/**
 * Time and its timers. The machine's clock may be set while the server runs, so there are three times, and each use says which
 * one it means. Delays over 2³¹−1 ms are clamped by the caller.
 */
export interface Clock {
  /**
   * For the times of a room's events: milliseconds since the epoch, never less than before. After the machine's clock was set back,
   * this one is ahead of it for a while.
   */
  now(): number
  /**
   * The machine's wall clock: milliseconds since the epoch. It may be set forward and back. For times that other machines compare
   * with their own clocks: when tokens and TURN passwords expire.
   */
  wall(): number
  /** For durations: milliseconds since an arbitrary moment, by a monotonic clock. Setting the wall clock does not change it. */
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

/** The wall clock, which may be set, and a monotonic clock. Both in ms. */
type TimeSource = { readonly wall: () => number; readonly elapsed: () => number }

const MACHINE: TimeSource = { wall: () => Date.now(), elapsed: () => performance.now() }

/**
 * Returns a function of wall time and elapsed time. Its result never decreases: after the wall clock is set back it runs at half
 * speed until that has caught up. So a delay of a minute takes two at most. `latest`: the least first result; `readAt`: the elapsed
 * time now.
 */
export function monotonicTime(latest: number, readAt: number): (wall: number, elapsed: number) => number {
  return (wall, elapsed) => {
    latest = Math.max(wall, latest + Math.max(0, elapsed - readAt) / 2)
    readAt = elapsed
    return latest
  }
}

/** The clock of this machine. When its wall clock is set back, `now` follows {@link monotonicTime}. */
export function systemClock({ wall, elapsed }: TimeSource = MACHINE): Clock {
  const next = monotonicTime(0, elapsed())
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
 * A clock whose callbacks cannot end the process: an error that one throws is logged. It also logs when the wall clock was set.
 */
export function guardedClock(clock: OwnClock, logger: Logger): Clock {
  const guarded = (callback: () => void) => () => {
    try {
      callback()
    } catch (error) {
      logger.error({ err: error }, 'a timer callback failed')
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

/** The same tolerance as for token times. NTP corrections are smaller. */
const CLOCK_CHANGE_MS = 10_000

/**
 * Logs a warning when wall time and elapsed time differ by more than that since the last call: the wall clock was set, or the machine
 * slept. Call the returned function whenever the clock is read.
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
    logger.warn({ from, to, byMs }, 'the clock of this machine was changed: tokens and TURN passwords expire by it')
  }
}
