import type { Participant, Role, Room, RoomEventOf } from '@peerstage/sdk/protocol'
import { isOnStage, NO_SOURCES, publishedSources } from '@peerstage/sdk/protocol'
import { type BaseLedger, type LedgerParts, mapPart, remembered } from './ledger'
import type { Slice } from './slice'
import type { Decided, RoomState } from './state'

/** What records say of roles. */
type RoleSecret = {
  /** A role that holds for an identity whatever its token says, until the room closes. */
  readonly override?: { readonly identity: string; readonly role: Role }
}

const ledger: LedgerParts<Pick<BaseLedger, 'overrides'>, RoleSecret> = {
  overrides: mapPart((before, { secret }) =>
    secret?.override ? remembered(before, secret.override.identity, secret.override.role) : before,
  ),
}

/** Roles that the room gave. They outlive the erasure of an identity. */
export const rolesSlice = { ledger } satisfies Slice

type Reason = RoomEventOf<'participant.roleChanged'>['reason']

/** A change of role: what it is, why, who made it, and what becomes of an open invitation. */
export type RoleChange = {
  readonly role: Role
  readonly reason: Reason
  readonly by: string | null
  /** `accepted` where the participant itself took it up. */
  readonly invitation?: 'accepted' | 'withdrawn'
}

/**
 * The events of a role change. What it ends comes first: at every seq a viewer publishes nothing, and no participant on stage
 * has its hand up. All but a token's change hold for the identity as long as the room lives.
 */
export function changeRole(state: RoomState, participant: Participant, change: RoleChange): Decided[] {
  const { role, reason, by } = change
  const changed: Decided<RoleSecret> = {
    event: { type: 'participant.roleChanged', participantId: participant.id, role, reason },
    by,
  }
  const identity = state.ledger.sessions.get(participant.id)?.identity
  const kept: Decided<RoleSecret> =
    identity === undefined || reason === 'token' ? changed : { ...changed, secret: { override: { identity, role } } }
  const ends = isOnStage(role)
    ? closeHand(state.room, participant.id, by, 'approved', change.invitation ?? 'withdrawn')
    : stopPublishing(participant, by)
  return [...ends, kept]
}

/** Takes all that a participant publishes out of the room; nothing when it publishes nothing. */
export function stopPublishing(participant: Participant, by: string | null): Decided[] {
  if (publishedSources(participant.sources).length === 0) return []
  return [{ event: { type: 'media.changed', participantId: participant.id, sources: NO_SOURCES }, by }]
}

/** Closes a participant's open request and invitation; nothing where none is open. */
export function closeHand(
  room: Room,
  participantId: string,
  by: string | null,
  request: RoomEventOf<'stage.requestClosed'>['outcome'],
  invitation: RoomEventOf<'stage.invitationClosed'>['outcome'],
): Decided[] {
  const closed: Decided[] = []
  if (hasRequest(room, participantId))
    closed.push({ event: { type: 'stage.requestClosed', participantId, outcome: request }, by })
  if (hasInvitation(room, participantId))
    closed.push({ event: { type: 'stage.invitationClosed', participantId, outcome: invitation }, by })
  return closed
}

export const hasRequest = (room: Room, id: string): boolean =>
  room.stageRequests.some((each) => each.participantId === id)

export const hasInvitation = (room: Room, id: string): boolean =>
  room.invitations.some((each) => each.participantId === id)

export const hasHost = (room: Room, without?: string): boolean =>
  room.participants.some((each) => each.role === 'host' && each.id !== without)

/** Whether no more participants may be promoted to the stage. */
export const isStageFull = (room: Room): boolean =>
  room.participants.filter((each) => isOnStage(each.role)).length >= room.mode.maxOnStage
