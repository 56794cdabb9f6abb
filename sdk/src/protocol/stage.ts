import * as v from 'valibot'
import { commandId, participantId, timestamp } from './ids'
import { strict } from './strict'

/** A raised hand, public. */
export const stageRequest = v.object({ participantId, at: timestamp })
/** A raised hand. */
export type StageRequest = {
  /** The viewer that asks to come on stage. */
  participantId: string
  /** Since when: milliseconds since the epoch, by the server's clock. */
  at: number
}

/** A moderator's invitation to come on stage, public. */
export const stageInvitation = v.object({ participantId, by: participantId, at: timestamp })
/** A moderator's invitation to come on stage. */
export type StageInvitation = {
  /** The viewer that is invited. */
  participantId: string
  /** The participant that invites. */
  by: string
  /** Since when: milliseconds since the epoch, by the server's clock. */
  at: number
}

/** Raises the hand. With an open invitation it accepts that, and the sender is on stage at once. */
export const stageRequestCommand = strict({ type: v.literal('stage.request'), id: commandId })
/** Lowers the hand, or declines an invitation. */
export const stageCancel = strict({ type: v.literal('stage.cancel'), id: commandId })
/** Approves a raised hand: its owner comes on stage. Rejected if the hand is down again. */
export const stageApprove = strict({ type: v.literal('stage.approve'), id: commandId, participantId })
/** Rejects a raised hand, or withdraws an invitation. */
export const stageReject = strict({ type: v.literal('stage.reject'), id: commandId, participantId })
/** Invites a viewer. A viewer with a raised hand comes on stage at once. */
export const stageInvite = strict({ type: v.literal('stage.invite'), id: commandId, participantId })
/** Steps down to the audience. */
export const stageLeave = strict({ type: v.literal('stage.leave'), id: commandId })

/** A viewer raised the hand. */
export const stageRequested = v.object({ type: v.literal('stage.requested'), participantId })
/** A hand is down again. `approved` comes just before the new role. */
export const stageRequestClosed = v.object({
  type: v.literal('stage.requestClosed'),
  participantId,
  outcome: v.picklist(['approved', 'rejected', 'cancelled']),
})
/** A moderator invited a viewer on stage. */
export const stageInvited = v.object({ type: v.literal('stage.invited'), participantId })
/** An invitation is no longer open. */
export const stageInvitationClosed = v.object({
  type: v.literal('stage.invitationClosed'),
  participantId,
  outcome: v.picklist(['accepted', 'declined', 'withdrawn']),
})
