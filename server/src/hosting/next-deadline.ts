import type { Limits } from '@peerstage/sdk/protocol'
import { type Deadlines, deadlines } from '../room/deadlines'
import type { ServerState } from '../room/slices'
import { type Moment, type Waits, waitsOf } from './room-time'
import { absencesOf, announceAt, type Seats } from './seats'

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
