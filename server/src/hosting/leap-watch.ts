import type { Clock, Journal } from './ports'

/** As far as tokens let clocks be apart. What a clock is set right by in passing is far less. */
const LEAP_MS = 10_000

/**
 * Tells, once for each leap, that the machine's clock does not show what has elapsed since the last look. That is so where it was
 * set, and after a machine has slept. Call what is returned whenever the clock is read.
 */
export function leapWatch(clock: Pick<Clock, 'wall' | 'elapsed'>, journal: Journal): () => void {
  const offset = () => clock.wall() - clock.elapsed()
  let last = offset()
  return () => {
    const now = offset()
    const byMs = Math.round(now - last)
    last = now
    if (Math.abs(byMs) <= LEAP_MS) return
    const [from, to] = [clock.wall() - byMs, clock.wall()].map((ms) => new Date(ms).toISOString())
    journal.warn(
      { from, to, byMs },
      'the clock of this machine has leapt: ends of tokens and of TURN passwords go by it',
    )
  }
}
