import type { Participant, RoomCommandOf } from '@peerstage/sdk/protocol'
import { isOnStage } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext } from './command'
import { changeRole, hasHost, isStageFull } from './role-change'
import { leaving } from './session'
import type { Decided, Refused, ServerState } from './state'
import { refuse } from './state'

const MINUTE = 60_000

export function kick(
  state: ServerState,
  target: Participant,
  { minutes }: RoomCommandOf<'moderation.kick'>,
  { now }: DecideContext,
  by: string,
): Accepted {
  const identity = state.ledger.sessions.get(target.id)?.identity
  const until = minutes === undefined ? null : now + minutes * MINUTE
  const left: Decided = { event: { type: 'participant.left', participantId: target.id, reason: 'removed' }, by }
  const noted = identity === undefined ? left : { ...left, secret: { removal: { identity, until } } }
  return { events: leaving(state, target, noted) }
}

/** Gives a role. The one it has already changes nothing; a room keeps its last host. */
export function setRole(
  state: ServerState,
  target: Participant,
  { role }: RoomCommandOf<'moderation.setRole'>,
  by: string,
): Accepted | Refused {
  if (role === target.role) return { events: [] }
  if (target.role === 'host' && !hasHost(state.room, target.id))
    return refuse('forbidden', 'The last host stays: make somebody else a host first.')
  if (!isOnStage(target.role) && isOnStage(role) && isStageFull(state.room))
    return refuse('stage_full', 'The stage is full.')
  return { events: changeRole(state, target, { role, reason: 'moderation', by }) }
}

/** Locks or unlocks; a room that is so already stays as it is. */
export function setLock({ room }: ServerState, locked: boolean, by: string): Accepted {
  if (room.locked === locked) return { events: [] }
  return { events: [{ event: { type: locked ? 'room.locked' : 'room.unlocked' }, by }] }
}
