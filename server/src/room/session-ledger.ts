import type { RoomEvent, RoomEventOf } from '@peerstage/sdk/protocol'
import { ANSWERED_COMMANDS_KEPT } from '@peerstage/sdk/protocol'
import { type Ledger, type LedgerFolds, type LedgerRecord, newest, put, type Secret } from './ledger'

/** Who holds which place, and whether the room goes on. */
export const sessionLedger: LedgerFolds<'sessions' | 'emptySince' | 'ended'> = {
  sessions: (before, record) => answered(seated(before, record.event, record.secret?.session), record),
  emptySince: (before, { at }, present) => (present > 0 ? null : (before ?? at)),
  ended: (before, { event }) => (event.type === 'room.ended' ? event.reason : before),
}

type Sessions = Ledger['sessions']

function seated(sessions: Sessions, event: RoomEvent, session: Secret['session']): Sessions {
  switch (event.type) {
    case 'participant.joined':
      return session
        ? put(sessions, event.participant.id, { ...session, answered: new Map(), lastCommandId: 0 })
        : sessions
    case 'participant.returned': {
      if (!session) return sessions
      const before = sessions.get(event.participantId)
      // Command ids count within a session: another session starts anew, another page of the same one counts on.
      const counted = before?.hash === session.hash ? before : { answered: new Map(), lastCommandId: 0 }
      return put(sessions, event.participantId, { ...counted, ...session })
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
  return session === undefined ? sessions : put(sessions, participantId, { ...session, tokenRole: role })
}

function answered(sessions: Sessions, { seq, secret }: LedgerRecord): Sessions {
  const command = secret?.command
  const session = command && sessions.get(command.participantId)
  if (!command || !session) return sessions
  const kept = newest(put(session.answered, command.id, seq), ANSWERED_COMMANDS_KEPT)
  const lastCommandId = Math.max(session.lastCommandId, command.id)
  return put(sessions, command.participantId, { ...session, answered: kept, lastCommandId })
}
