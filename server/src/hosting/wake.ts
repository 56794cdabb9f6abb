import { deadlines } from '../room/index'
import type { ServerState } from '../room/state'
import { absencesOf, type Seats, toldAt } from './seats'

/** How long what stayed due after a try has to wait, in ms: a room can't spin. */
const TRY_AGAIN_MS = 1000

/** When a room has to look at the clock again (ms since the epoch): the one timer for all that is due some time. */
export function wakeAt(state: ServerState, seats: Seats, now: number, triedAlready: boolean): number | undefined {
  const { due, nextAt } = deadlines(state, absencesOf(seats), now)
  const times = [...seats].flatMap((seat) => toldAt(seat) ?? [])
  if (due.length > 0) times.push(now + (triedAlready ? TRY_AGAIN_MS : 0))
  else if (nextAt !== undefined) times.push(nextAt)
  return times.length === 0 ? undefined : Math.min(...times)
}
