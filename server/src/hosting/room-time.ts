import type { Clock } from '../ports/clock'
import { onwards } from '../ports/system-clock'

/**
 * A moment: what has elapsed by then, in ms since some start, and the room's own time, in ms since the epoch. `loadedAt`: what had
 * elapsed when the room was loaded.
 */
export type Moment = { readonly elapsed: number; readonly now: number; readonly loadedAt: number }

type Times = Pick<Clock, 'now' | 'elapsed'>

/** What moment it is in a room. */
export type RoomTime = () => Moment

/**
 * The time of a room whose last event was at `lastAt`: no later event is older. Since a restart the clock may be behind that; it is
 * waited for as where it was set back.
 */
export function timeSince(lastAt: number, clock: Times): RoomTime {
  const loadedAt = clock.elapsed()
  const next = onwards(lastAt, loadedAt)
  return () => {
    const elapsed = clock.elapsed()
    return { elapsed, now: Math.floor(next(clock.now(), elapsed)), loadedAt }
  }
}
