// The participants of a room: their sessions, and how their roles change.
import {
  ANSWERED_COMMANDS_KEPT,
  isOnStage,
  NO_SOURCES,
  type Participant,
  publishedSources,
  type Role,
  type Room,
  type RoomEvent,
  type RoomEventOf,
} from '@peerstage/sdk/protocol'
import {
  type BaseLedger,
  type Draft,
  type LedgerParts,
  type LedgerRecord,
  mapPart,
  remembered,
  type SessionRecord,
} from './ledger'
import type { Slice } from './slice'
import type { Decided, RoomState } from './state'

/** What records say of sessions. */
export type SessionSecret = {
  /** On `participant.joined` and `participant.returned`: whose seat it is, and which session holds it now. */
  readonly session?: {
    readonly identity: string
    readonly hash: string
    readonly joinId: string
    readonly tokenRole: Role
  }
  /** The command that this record answers: its id within the session of `participantId`. */
  readonly command?: { readonly participantId: string; readonly id: number }
}

/** What records say of roles. */
type RoleSecret = {
  /** A role that holds for an identity whatever its token says, until the room closes. */
  readonly override?: { readonly identity: string; readonly role: Role }
}

type Sessions = BaseLedger['sessions']

const ledger: LedgerParts<Pick<BaseLedger, 'sessions' | 'overrides'>, SessionSecret & RoleSecret> = {
  sessions: mapPart((before, record, _, draft) =>
    answered(seated(before, record.event, record.secret?.session, draft), record, draft),
  ),
  // They outlive the erasure of an identity.
  overrides: mapPart((before, { secret }) =>
    secret?.override ? remembered(before, secret.override.identity, secret.override.role) : before,
  ),
}

/** Who is in the room, which session holds which seat, and which roles the room gave. */
export const participantsSlice = {
  ledger,
  project: ({ secret }: LedgerRecord<SessionSecret>) =>
    secret?.session === undefined ? {} : { identity: secret.session.identity },
  withoutPerson: {
    'participant.joined': ({ participant: { id, role }, ...event }) => ({
      ...event,
      participant: { id, name: '', role },
    }),
  },
} satisfies Slice

/** Who of those in the room an identity is. */
export function participantOfIdentity({ room, ledger }: RoomState, identity: string): Participant | undefined {
  return room.participants.find((each) => ledger.sessions.get(each.id)?.identity === identity)
}

function seated(sessions: Sessions, event: RoomEvent, session: SessionSecret['session'], draft: Draft): Sessions {
  switch (event.type) {
    case 'participant.joined':
      return session ? draft.put(sessions, event.participant.id, sessionRecord(session, NO_COMMANDS)) : sessions
    case 'participant.returned': {
      if (!session) return sessions
      const before = sessions.get(event.participantId)
      // Command ids count within a session: another session starts at 1, another page of the same session counts on.
      const counted = before?.hash === session.hash ? before : NO_COMMANDS
      return draft.put(sessions, event.participantId, sessionRecord(session, counted))
    }
    case 'participant.roleChanged':
      return event.reason === 'token' ? withTokenRole(sessions, event, draft) : sessions
    case 'participant.left': {
      const rest = new Map(sessions)
      rest.delete(event.participantId)
      return rest
    }
    default:
      return sessions
  }
}

function withTokenRole(
  sessions: Sessions,
  { participantId, role }: RoomEventOf<'participant.roleChanged'>,
  draft: Draft,
): Sessions {
  const session = sessions.get(participantId)
  return session === undefined
    ? sessions
    : draft.put(sessions, participantId, sessionRecord({ ...session, tokenRole: role }, session))
}

function answered(sessions: Sessions, { seq, secret }: LedgerRecord<SessionSecret>, draft: Draft): Sessions {
  const command = secret?.command
  const session = command && sessions.get(command.participantId)
  if (!command || !session) return sessions
  const newest = session.answered.slice(1 - ANSWERED_COMMANDS_KEPT).concat([[command.id, seq]])
  const lastCommandId = Math.max(session.lastCommandId, command.id)
  return draft.put(sessions, command.participantId, sessionRecord(session, { answered: newest, lastCommandId }))
}

type Counted = Pick<SessionRecord, 'answered' | 'lastCommandId'>
const NO_COMMANDS: Counted = { answered: [], lastCommandId: 0 }

/** Name by name: objects that a spread makes cost V8 a hidden class each, some 300 B for every participant. */
const sessionRecord = (
  { identity, hash, joinId, tokenRole }: Omit<SessionRecord, keyof Counted>,
  { answered, lastCommandId }: Counted,
): SessionRecord => ({ identity, hash, joinId, tokenRole, answered, lastCommandId })

type Reason = RoomEventOf<'participant.roleChanged'>['reason']

/** A change of role: what it is, why, who made it, and what becomes of an open invitation. */
type RoleChange = {
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
