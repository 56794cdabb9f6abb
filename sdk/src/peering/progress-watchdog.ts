import type { Clock } from '../ports/clock'

const BEATS = 10

export type ProgressWatchdog = {
  /** It got further: the time starts anew. */
  progressed(): void
  cancel(): void
}

/**
 * Calls back once when nothing progressed for `limitMs`. The time is counted in beats, one timer after another: on a page that is
 * too busy to run its timers each beat takes longer, so that our own slowness is not taken for the other side's silence.
 * To start over then would only add to the load.
 */
export function watchProgress(clock: Clock, limitMs: number, onStalled: () => void): ProgressWatchdog {
  let left = BEATS
  let cancel = () => {}
  const beat = () => {
    cancel = clock.after(limitMs / BEATS, () => {
      left -= 1
      if (left > 0) beat()
      else onStalled()
    })
  }
  beat()
  return {
    progressed: () => {
      left = BEATS
    },
    cancel: () => cancel(),
  }
}
