import type { Participant, Role, RoomEvent, RoomEventOf } from '@peerstage/sdk/protocol'
import { ANSWERED_COMMANDS_KEPT } from '@peerstage/sdk/protocol'
import { type BaseLedger, type LedgerParts, type LedgerRecord, mapPart, put, type SessionRecord } from './ledger'
import type { Slice } from './slice'
import type { RoomState } from './state'

/** What records say of sessions. */
export type SessionSecret = {
  /** On `participant.joined` and `participant.returned`: whose place it is, and which session holds it now. */
  readonly session?: {
    readonly identity: string
    readonly hash: string
    readonly joinId: string
    readonly tokenRole: Role
  }
  /** The command that this record answers: its id within the session of `participantId`. */
  readonly command?: { readonly participantId: string; readonly id: number }
}

type Sessions = BaseLedger['sessions']

const ledger: LedgerParts<Pick<BaseLedger, 'sessions'>, SessionSecret> = {
  sessions: mapPart((before, record) => answered(seated(before, record.event, record.secret?.session), record)),
}

/** Who is in the room, and which session holds which place. */
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

function seated(sessions: Sessions, event: RoomEvent, session: SessionSecret['session']): Sessions {
  switch (event.type) {
    case 'participant.joined':
      return session ? put(sessions, event.participant.id, sessionRecord(session, NO_COMMANDS)) : sessions
    case 'participant.returned': {
      if (!session) return sessions
      const before = sessions.get(event.participantId)
      // Command ids count within a session: another session starts at 1, another page of the same session counts on.
      const counted = before?.hash === session.hash ? before : NO_COMMANDS
      return put(sessions, event.participantId, sessionRecord(session, counted))
    }
    case 'participant.roleChanged':
      return event.reason === 'token' ? withTokenRole(sessions, event) : sessions
    case 'participant.left': {
      const rest = new Map(sessions)
      rest.delete(event.participantId)
      return rest
    }
    default:
      return sessions
  }
}

function withTokenRole(sessions: Sessions, { participantId, role }: RoomEventOf<'participant.roleChanged'>): Sessions {
  const session = sessions.get(participantId)
  return session === undefined
    ? sessions
    : put(sessions, participantId, sessionRecord({ ...session, tokenRole: role }, session))
}

function answered(sessions: Sessions, { seq, secret }: LedgerRecord<SessionSecret>): Sessions {
  const command = secret?.command
  const session = command && sessions.get(command.participantId)
  if (!command || !session) return sessions
  const newest = session.answered.slice(1 - ANSWERED_COMMANDS_KEPT)
  newest.push([command.id, seq])
  const lastCommandId = Math.max(session.lastCommandId, command.id)
  return put(sessions, command.participantId, sessionRecord(session, { answered: newest, lastCommandId }))
}

type Counted = Pick<SessionRecord, 'answered' | 'lastCommandId'>
const NO_COMMANDS: Counted = { answered: [], lastCommandId: 0 }

/** Name by name: objects that a spread makes cost V8 a hidden class each, some 300 B for every participant. */
const sessionRecord = (
  { identity, hash, joinId, tokenRole }: Omit<SessionRecord, keyof Counted>,
  { answered, lastCommandId }: Counted,
): SessionRecord => ({ identity, hash, joinId, tokenRole, answered, lastCommandId })
