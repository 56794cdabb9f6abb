import type { StageInvitation, StageRequest } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { Slice } from './slice'
import { asking, type VerbPorts } from './verb'

/**
 * Viewers come on stage and leave it: of several calls while disconnected, only the last one is sent. Hosts and cohosts decide about
 * requests: while disconnected these calls reject at once with `unavailable`. Each throws the common errors: see {@link ErrorCode}.
 *
 * @example
 * ```ts
 * await client.stage.request() // a viewer raises a hand
 * client.on('stageRequested', ({ participant }) => client.stage.approve(participant.id)) // a host approves all
 * ```
 */
export type StageVerbs = {
  /** Raises the hand; with an open invitation it accepts that. @throws LiveStreamError `stage_full`, or the common errors */
  request(): Promise<void>
  /** Lowers the hand, or declines an invitation; harmless without either. @throws LiveStreamError the common errors */
  cancel(): Promise<void>
  /**
   * Brings a viewer with a raised hand on stage, as a guest.
   * @throws LiveStreamError `stage_full`, `peer_not_found`, `invalid` (no hand is up), or the common errors
   */
  approve(participantId: string): Promise<void>
  /** Rejects a raised hand, or withdraws an invitation. @throws LiveStreamError `peer_not_found`, or the common errors */
  reject(participantId: string): Promise<void>
  /**
   * Invites a viewer; a viewer with a raised hand comes on stage at once.
   * @throws LiveStreamError `stage_full`, `peer_not_found`, or the common errors
   */
  invite(participantId: string): Promise<void>
  /** Steps down to the audience. @throws LiveStreamError `forbidden` (a host must first hand over its role), or the common errors */
  leave(): Promise<void>
}

type StageNamespace = {
  /** Coming on stage, leaving it, and deciding about requests. */
  readonly stage: StageVerbs
}

export type StageEvents = {
  /** A viewer, perhaps your own participant, raised a hand. */
  stageRequested: { participant: ParticipantView }
  /** A hand is down again. `roleChanged` follows `approved`. */
  stageRequestClosed: { participant: ParticipantView; outcome: 'approved' | 'rejected' | 'cancelled' }
  /** A moderator (`by`: its id) invited a viewer, perhaps your own participant, on stage: `stage.request()` accepts. */
  stageInvited: { participant: ParticipantView; by: string }
  /** An invitation is no longer open. */
  stageInvitationClosed: { participant: ParticipantView; outcome: 'accepted' | 'declined' | 'withdrawn' }
}

export type StageState = {
  /** Raised hands, oldest first: one for each viewer that asks to come on stage. All participants see them. */
  readonly stageRequests: readonly StageRequest[]
  /** Invitations to the stage without an answer, oldest first. All participants see them. */
  readonly invitations: readonly StageInvitation[]
}

type StageSlice = {
  verbs: StageNamespace
  state: StageState
  events: StageEvents
  logged: 'stage.requested' | 'stage.requestClosed' | 'stage.invited' | 'stage.invitationClosed'
}

/** Coming on stage and leaving it. */
export const stage: Slice<StageSlice> = {
  verbs: { stage: stageVerbs },
  view: ({ stageRequests, invitations }) => ({ stageRequests, invitations }),
  onLogged: {
    'stage.requested': ({ participantId }, { about }) => about(participantId, 'stageRequested'),
    'stage.requestClosed': ({ participantId, outcome }, { about }) =>
      about(participantId, 'stageRequestClosed', { outcome }),
    'stage.invited': ({ participantId }, { about, by }) =>
      by === null ? [] : about(participantId, 'stageInvited', { by }),
    'stage.invitationClosed': ({ participantId, outcome }, { about }) =>
      about(participantId, 'stageInvitationClosed', { outcome }),
  },
}

function stageVerbs(ports: VerbPorts): StageVerbs {
  // Commands about the own participant: of several made while disconnected, the last one counts.
  const { ask: askForSelf } = asking(ports, { latest: 'stage' })
  const { ask } = asking(ports, 'reject')
  return {
    request: () => askForSelf({ type: 'stage.request' }),
    cancel: () => askForSelf({ type: 'stage.cancel' }),
    leave: () => askForSelf({ type: 'stage.leave' }),
    approve: (participantId) => ask({ type: 'stage.approve', participantId }),
    reject: (participantId) => ask({ type: 'stage.reject', participantId }),
    invite: (participantId) => ask({ type: 'stage.invite', participantId }),
  }
}
