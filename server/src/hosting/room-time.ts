// The time of a room: the current moment, which deadlines have passed, and when the next one is.

import type { Limits } from '@peerstage/sdk/protocol'
import type { Clock } from '../ports/clock'
import { monotonicTime } from '../ports/clock'
import { type Deadlines, deadlines } from '../room/room-life'
import type { ServerState } from '../room/slices'
import { absencesOf, announceAt, type Seats } from './seats'

/**
 * A moment. `elapsed`: monotonic, in ms since an arbitrary start. `now`: the room's own time, in ms since the epoch. `loadedAt`: the
 * elapsed time at which the room was loaded.
 */
export type Moment = { readonly elapsed: number; readonly now: number; readonly loadedAt: number }

type Times = Pick<Clock, 'now' | 'elapsed'>

/** Returns the current moment of a room. */
export type RoomTime = () => Moment

/**
 * Creates the time of a room whose last event was at `lastAt`: no later event gets an earlier time. If the clock is behind `lastAt`
 * after a restart, the time runs at half speed until the clock has caught up.
 */
export function createRoomTime(lastAt: number, clock: Times): RoomTime {
  const loadedAt = clock.elapsed()
  const next = monotonicTime(lastAt, loadedAt)
  return () => {
    const elapsed = clock.elapsed()
    return { elapsed, now: Math.floor(next(clock.now(), elapsed)), loadedAt }
  }
}

/** `mark`: when it began, in the room's own time; it identifies the wait. `ahead`: the room's own time minus elapsed time, when it began. */
type Wait = { readonly mark: number; readonly ahead: number }

/**
 * A room waits while it is empty, and while it has no host. Each wait is measured in elapsed time from the moment at which it was
 * first seen, so that setting the clock makes it neither shorter nor longer.
 */
export type Waits = { readonly empty: Wait | undefined; readonly hostGrace: Wait | undefined }

export const NO_WAITS: Waits = { empty: undefined, hostGrace: undefined }

/** The waits of a room now. A wait that was there before is kept unchanged. */
export function waitsOf({ room, ledger }: ServerState, before: Waits, { now, elapsed }: Moment): Waits {
  const seen = (mark: number | null, wait: Wait | undefined): Wait | undefined => {
    if (mark === null) return undefined
    return wait?.mark === mark ? wait : { mark, ahead: now - elapsed }
  }
  return { empty: seen(ledger.emptySince, before.empty), hostGrace: seen(room.hostGraceUntil, before.hostGrace) }
}

/** The delay before a deadline that is still due after a try is tried again, in ms, so that a room does not loop. */
const TRY_AGAIN_MS = 1000

/** Which deadlines of a room have passed, and when the next one is (elapsed time). */
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

/** When the one timer of a room must fire next (elapsed time); undefined if it has no deadline. */
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
