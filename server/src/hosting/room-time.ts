import type { Clock } from '../ports/clock'
import { onwards } from '../ports/system-clock'
import type { ServerState } from '../room/slices'

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

/** `mark`: the time of the room that tells this wait from an earlier one. `ahead`: how far that time was ahead of what had elapsed. */
type Wait = { readonly mark: number; readonly ahead: number }

/**
 * A room waits while it is empty, and while it has no host. Each wait is measured by what elapses from the moment at which it was
 * first seen: a clock that is set meanwhile makes it neither shorter nor longer.
 */
export type Waits = { readonly empty: Wait | undefined; readonly hostGrace: Wait | undefined }

export const NO_WAITS: Waits = { empty: undefined, hostGrace: undefined }

/** The waits of a room as it is now. Those that were seen before keep what was seen of them. */
export function waitsOf({ room, ledger }: ServerState, before: Waits, { now, elapsed }: Moment): Waits {
  const seen = (mark: number | null, wait: Wait | undefined): Wait | undefined => {
    if (mark === null) return undefined
    return wait?.mark === mark ? wait : { mark, ahead: now - elapsed }
  }
  return { empty: seen(ledger.emptySince, before.empty), hostGrace: seen(room.hostGraceUntil, before.hostGrace) }
}
