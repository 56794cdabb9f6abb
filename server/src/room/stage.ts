import type { Participant } from '@peerstage/sdk/protocol'
import { isOnStage } from '@peerstage/sdk/protocol'
import type { Accepted, Decision } from './command'
import type { Handlers } from './handler'
import { changeRole, closeHand, hasInvitation, hasRequest, isStageFull } from './participants'
import { STAGE_FULL } from './rejections'
import type { Slice } from './slice'
import type { RoomState } from './state'
import { rejected } from './state'

// A command that would change nothing is accepted without an event: two moderators, or a click and an approval, often cross.
const NOTHING: Accepted = { ok: true, events: [] }

const handlers: Handlers<
  'stage.request' | 'stage.cancel' | 'stage.leave' | 'stage.approve' | 'stage.reject' | 'stage.invite'
> = {
  'stage.request': { needs: 'requestStage', decide: ({ state, actor }) => requestStage(state, actor) },
  'stage.cancel': { needs: 'requestStage', decide: ({ state, actor }) => cancelStage(state, actor) },
  'stage.leave': { needs: 'leaveStage', decide: ({ state, actor }) => leaveStage(state, actor) },
  'stage.approve': {
    needs: 'manageStage',
    decide: ({ state, target, actor }) => approveStage(state, target, actor.id),
  },
  'stage.reject': { needs: 'manageStage', decide: ({ state, target, actor }) => rejectStage(state, target, actor.id) },
  'stage.invite': {
    needs: 'manageStage',
    decide: ({ state, target, actor }) => inviteToStage(state, target, actor.id),
  },
}

/** Raised hands and invitations. */
export const stageSlice = { handlers } satisfies Slice

/** Raises the hand, or takes an invitation up. */
function requestStage(state: RoomState, actor: Participant): Decision {
  if (isOnStage(actor.role)) return NOTHING
  if (hasInvitation(state.room, actor.id)) return bringOnStage(state, actor, actor.id, 'accepted')
  if (hasRequest(state.room, actor.id)) return NOTHING
  return { ok: true, events: [{ event: { type: 'stage.requested', participantId: actor.id }, by: actor.id }] }
}

/** Lowers the hand, or declines an invitation. */
const cancelStage = ({ room }: RoomState, actor: Participant): Accepted => ({
  ok: true,
  events: closeHand(room, actor.id, actor.id, 'cancelled', 'declined'),
})

/** Rejected without a raised hand: it may have been lowered just now, and no viewer is put on stage against its will. */
function approveStage(state: RoomState, target: Participant, by: string): Decision {
  if (isOnStage(target.role)) return NOTHING
  if (!hasRequest(state.room, target.id)) return rejected('invalid', 'This participant is not asking to come on stage.')
  return bringOnStage(state, target, by, 'withdrawn')
}

/** Turns a raised hand down, or takes an invitation back. */
const rejectStage = ({ room }: RoomState, target: Participant, by: string): Accepted => ({
  ok: true,
  events: closeHand(room, target.id, by, 'rejected', 'withdrawn'),
})

/** Invites a viewer; one whose hand is up comes on stage at once. */
function inviteToStage(state: RoomState, target: Participant, by: string): Decision {
  if (isOnStage(target.role) || hasInvitation(state.room, target.id)) return NOTHING
  if (hasRequest(state.room, target.id)) return bringOnStage(state, target, by, 'withdrawn')
  if (isStageFull(state.room)) return STAGE_FULL
  return { ok: true, events: [{ event: { type: 'stage.invited', participantId: target.id }, by }] }
}

/** Steps down to the audience, and stays there after a rejoin. */
function leaveStage(state: RoomState, actor: Participant): Accepted {
  if (!isOnStage(actor.role)) return NOTHING
  return { ok: true, events: changeRole(state, actor, { role: 'viewer', reason: 'stage', by: actor.id }) }
}

function bringOnStage(
  state: RoomState,
  target: Participant,
  by: string,
  invitation: 'accepted' | 'withdrawn',
): Decision {
  if (isStageFull(state.room)) return STAGE_FULL
  return { ok: true, events: changeRole(state, target, { role: 'guest', reason: 'stage', by, invitation }) }
}
