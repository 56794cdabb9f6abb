import * as v from 'valibot'
import type { Folds } from './fold'
import { commandId, participantId, timestamp } from './ids'
import { strict } from './strict'

/** A raised hand. It is public. */
export const stageRequest = v.object({ participantId, at: timestamp })
/** A raised hand. */
export type StageRequest = {
  /** The viewer that asks to come on stage. */
  participantId: string
  /** Since when: milliseconds since the epoch, by the server's clock. */
  at: number
}

/** A moderator's invitation to come on stage. It is public. */
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

/** Raises the hand. If the sender has an open invitation, it accepts that and is on stage at once. */
export const stageRequestCommand = strict({ type: v.literal('stage.request'), id: commandId })
/** Lowers the hand, or declines an invitation. */
export const stageCancel = strict({ type: v.literal('stage.cancel'), id: commandId })
/** Approves a raised hand: the viewer comes on stage. Rejected if the hand was lowered. */
export const stageApprove = strict({ type: v.literal('stage.approve'), id: commandId, participantId })
/** Rejects a raised hand, or withdraws an invitation. */
export const stageReject = strict({ type: v.literal('stage.reject'), id: commandId, participantId })
/** Invites a viewer. A viewer with a raised hand comes on stage at once. */
export const stageInvite = strict({ type: v.literal('stage.invite'), id: commandId, participantId })
/** Steps down to the audience. */
export const stageLeave = strict({ type: v.literal('stage.leave'), id: commandId })

/** A viewer raised its hand. */
export const stageRequested = v.object({ type: v.literal('stage.requested'), participantId })
/** A raised hand was lowered or answered. An `approved` one is followed by the event of the new role. */
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

/** The commands of this feature. */
export const stageCommands = [
  stageRequestCommand,
  stageCancel,
  stageApprove,
  stageReject,
  stageInvite,
  stageLeave,
] as const

/** The part of a room with its raised hands and invitations. */
export const stagePart = {
  /** Raised hands, the oldest first. */
  stageRequests: v.array(stageRequest),
  /** Open invitations to the stage, the oldest first. */
  invitations: v.array(stageInvitation),
}
type StagePart = { stageRequests: StageRequest[]; invitations: StageInvitation[] }

const stageEvents = [stageRequested, stageRequestClosed, stageInvited, stageInvitationClosed] as const

/** Raised hands and invitations to the stage. */
export const stageSlice = {
  part: stagePart,
  start: { stageRequests: [], invitations: [] },
  events: stageEvents,
  folds: {
    'stage.requested': ({ stageRequests }, { participantId }, { at }) => ({
      stageRequests: [...stageRequests, { participantId, at }],
    }),
    'stage.requestClosed': ({ stageRequests }, { participantId }) => ({
      stageRequests: without(stageRequests, participantId),
    }),
    'stage.invited': ({ invitations }, { participantId }, { by, at }) =>
      by === null ? {} : { invitations: [...invitations, { participantId, by, at }] },
    'stage.invitationClosed': ({ invitations }, { participantId }) => ({
      invitations: without(invitations, participantId),
    }),
    'participant.left': ({ stageRequests, invitations }, { participantId }) => ({
      stageRequests: without(stageRequests, participantId),
      invitations: without(invitations, participantId),
    }),
    'room.ended': () => ({ stageRequests: [], invitations: [] }),
  } satisfies Folds<StagePart, v.InferOutput<(typeof stageEvents)[number]> | Endings>,
} as const

/** The events of other slices that close requests and invitations. */
type Endings = { type: 'participant.left'; participantId: string } | { type: 'room.ended' }

/** The list without the entry of a participant; the same array when there is none. */
const without = <T extends { participantId: string }>(list: T[], id: string): T[] =>
  list.some((each) => each.participantId === id) ? list.filter((each) => each.participantId !== id) : list
