// The time of a room: what moment it is, what is due by then, and when to look again.

import type { Limits } from '@peerstage/sdk/protocol'
import type { Clock } from '../ports/clock'
import { onwards } from '../ports/clock'
import { type Deadlines, deadlines } from '../room/room-life'
import type { ServerState } from '../room/slices'
import { absencesOf, announceAt, type Seats } from './seats'

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

/** How long to wait with what is still due after a try, in ms, so that a room does not loop. */
const TRY_AGAIN_MS = 1000

/** What is due in a room now, and when to look again (elapsed time). */
export function dueAt(
  state: ServerState,
  seats: Seats,
  limits: Limits,
  moment: Moment & { readonly waits: Waits },
): Deadlines {
  const { empty, hostGrace } = waitsOf(state, moment.waits, moment)
  const ahead = { empty: empty?.ahead ?? 0, hostGrace: hostGrace?.ahead ?? 0 }
  return deadlines(state, absencesOf(seats, limits), limits, moment.elapsed, ahead, moment.loadedAt)
}

/** When a room has to look again (elapsed time): one timer for all its deadlines. */
export function nextDeadline(
  { due, nextAt }: Deadlines,
  seats: Seats,
  now: number,
  triedAlready: boolean,
): number | undefined {
  const times = [...seats].flatMap((seat) => announceAt(seat) ?? [])
  if (due.length > 0) times.push(now + (triedAlready ? TRY_AGAIN_MS : 0))
  else if (nextAt !== undefined) times.push(nextAt)
  return times.length === 0 ? undefined : Math.min(...times)
}
