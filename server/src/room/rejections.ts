import type { Rejection, Role } from '@peerstage/sdk/protocol'
import { type Rejected, rejected } from './state'

// What several rules reject with: each of them is said in one way.

export const NOT_IN_ROOM = rejected('forbidden', 'You are not in this room.')
export const TARGET_NOT_IN_ROOM = rejected('peer_not_found', 'This participant is not in the room.')
export const STAGE_FULL = rejected('stage_full', 'The stage is full.')
export const ROOM_ENDED = 'The room has ended.'
export const ROOM_CLOSING = 'The room is just closing: try again.'

export const notPermitted = (role: Role): Rejected => rejected('forbidden', `A ${role} may not do that.`)

/** For a message that is not stored. `logFailure`: the rejection if the log, which may have it, could not be read. */
export const messageGone = (logFailure: Rejection | undefined): Rejected =>
  logFailure ? { ok: false, error: logFailure } : rejected('message_not_found', 'This message is gone already.')
