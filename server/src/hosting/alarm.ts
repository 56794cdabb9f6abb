import type { Clock } from './ports'

/** `setTimeout` keeps its delay in 31 bits; anything longer fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1
/** The clock on the wall may be set at any time, so it is looked at again within so long. */
const LOOK_AGAIN_MS = 60_000

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

/**
 * Calls back once when the clock on the wall shows `at` (ms since the epoch), wherever it has been set meanwhile: at the latest a
 * minute behind that. Returns what cancels it.
 */
export function setAlarm(clock: Pick<Clock, 'wall' | 'after'>, at: number, callback: () => void): () => void {
  let cancel = () => {}
  const arm = () => {
    const left = Math.max(0, at - clock.wall())
    cancel = clock.after(Math.min(left, LOOK_AGAIN_MS), () => (clock.wall() < at ? arm() : callback()))
  }
  arm()
  return () => cancel()
}
