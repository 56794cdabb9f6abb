import { onwards } from './system-clock'

/** A moment by the clock, and by a room's own time, which may be ahead of it; and when the room was loaded: ms since the epoch. */
export type Moment = { readonly clockNow: number; readonly now: number; readonly loadedAt: number }

/** What moment it is in a room, by what the clock says. */
export type RoomTime = (clockNow: number) => Moment

/**
 * The time of a room whose last event was at `lastAt`, and that was loaded at `loadedAt`: no later event is older. Since a
 * restart the clock may be behind that; it is waited for as where it was set back.
 */
export function timeSince(lastAt: number, loadedAt: number): RoomTime {
  const next = onwards(lastAt, loadedAt)
  return (clockNow) => ({ clockNow, now: next(clockNow, clockNow), loadedAt })
}
