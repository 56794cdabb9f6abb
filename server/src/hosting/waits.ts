import type { ServerState } from '../room/state'
import type { Moment } from './room-time'

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
