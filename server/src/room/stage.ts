import type { Participant } from '@peerstage/sdk/protocol'
import { isOnStage } from '@peerstage/sdk/protocol'
import type { Accepted } from './command'
import type { Handlers } from './handler'
import { changeRole, closeHand, hasInvitation, hasRequest, isStageFull } from './role-change'
import type { Refused, ServerState } from './state'
import { refuse } from './state'

// What is so already is accepted without an event: two moderators, or a click and an approval, often cross.
const NOTHING: Accepted = { events: [] }

/** What becomes of the commands about the stage. */
export const stageHandlers: Handlers<
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

const stageFull = (): Refused => refuse('stage_full', 'The stage is full.')

/** Raises the hand, or takes an invitation up. */
function requestStage(state: ServerState, actor: Participant): Accepted | Refused {
  if (isOnStage(actor.role)) return NOTHING
  if (hasInvitation(state.room, actor.id)) return bringOnStage(state, actor, actor.id, 'accepted')
  if (hasRequest(state.room, actor.id)) return NOTHING
  return { events: [{ event: { type: 'stage.requested', participantId: actor.id }, by: actor.id }] }
}

/** Lowers the hand, or declines an invitation. */
const cancelStage = ({ room }: ServerState, actor: Participant): Accepted => ({
  events: closeHand(room, actor.id, actor.id, 'cancelled', 'declined'),
})

/** Rejected without a raised hand: it may have been demotedByToken just now, and no viewer is put on stage against its will. */
function approveStage(state: ServerState, target: Participant, by: string): Accepted | Refused {
  if (isOnStage(target.role)) return NOTHING
  if (!hasRequest(state.room, target.id)) return refuse('invalid', 'This participant is not asking to come on stage.')
  return bringOnStage(state, target, by, 'withdrawn')
}

/** Turns a raised hand down, or takes an invitation back. */
const rejectStage = ({ room }: ServerState, target: Participant, by: string): Accepted => ({
  events: closeHand(room, target.id, by, 'rejected', 'withdrawn'),
})

/** Invites a viewer; one whose hand is up comes on stage at once. */
function inviteToStage(state: ServerState, target: Participant, by: string): Accepted | Refused {
  if (isOnStage(target.role) || hasInvitation(state.room, target.id)) return NOTHING
  if (hasRequest(state.room, target.id)) return bringOnStage(state, target, by, 'withdrawn')
  if (isStageFull(state.room)) return stageFull()
  return { events: [{ event: { type: 'stage.invited', participantId: target.id }, by }] }
}

/** Steps down to the audience, and stays there after a rejoin. */
function leaveStage(state: ServerState, actor: Participant): Accepted {
  if (!isOnStage(actor.role)) return NOTHING
  return { events: changeRole(state, actor, { role: 'viewer', reason: 'stage', by: actor.id }) }
}

function bringOnStage(
  state: ServerState,
  target: Participant,
  by: string,
  invitation: 'accepted' | 'withdrawn',
): Accepted | Refused {
  if (isStageFull(state.room)) return stageFull()
  return { events: changeRole(state, target, { role: 'guest', reason: 'stage', by, invitation }) }
}
