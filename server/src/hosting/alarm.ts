import type { Clock } from './ports'

/** `setTimeout` keeps its delay in 31 bits; anything longer fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/** Calls back once when the clock has reached `at` (ms since the epoch), however far off that is. Returns what cancels it. */
export function setAlarm(clock: Clock, at: number, callback: () => void): () => void {
  let cancel = () => {}
  const arm = () => {
    const delay = Math.max(0, at - clock.now())
    cancel = clock.after(Math.min(delay, LONGEST_DELAY_MS), delay > LONGEST_DELAY_MS ? arm : callback)
  }
  arm()
  return () => cancel()
}
