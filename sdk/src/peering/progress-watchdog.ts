import type { Clock } from '../ports/clock'

const BEATS = 10

export type ProgressWatchdog = {
  /** There was progress: the time starts again. */
  progressed(): void
  cancel(): void
}

/**
 * Calls back once if there was no progress for `limitMs`. The time is measured by several timers in a row: on a page that is too busy
 * to run its timers each of them takes longer, so a slow page is not taken for a silent other side. Starting over would only add to
 * the load.
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
