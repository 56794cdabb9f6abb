import type { Clock } from '../ports/clock'

/** A connection that is not up, and gets no further for this long, starts over. */
export const CONNECT_LIMIT_MS = 10_000
/** What is slow again and again gets more time, up to this. */
const LONGEST_MS = 40_000

const BEATS = 10

/** How long a try may stand still, after so many failures in a row. */
export const patienceAfter = (failures: number): number => Math.min(LONGEST_MS, CONNECT_LIMIT_MS * 2 ** failures)

export type Standstill = {
  /** It got further: the time starts anew. */
  advanced(): void
  callOff(): void
}

/**
 * Calls back once when nothing advanced for `limitMs`. The time is counted in beats, one timer after another: on a page that is
 * too busy to run its timers each beat takes longer, so that our own slowness is not taken for the other side's silence.
 * To start over then would only add to the load.
 */
export function watchForStandstill(clock: Clock, limitMs: number, onStandstill: () => void): Standstill {
  let left = BEATS
  let callOff = () => {}
  const beat = () => {
    callOff = clock.after(limitMs / BEATS, () => {
      left -= 1
      if (left > 0) beat()
      else onStandstill()
    })
  }
  beat()
  return {
    advanced: () => {
      left = BEATS
    },
    callOff: () => callOff(),
  }
}
