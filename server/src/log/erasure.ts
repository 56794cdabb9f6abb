import type { LoggedEvent } from '@peerstage/sdk/protocol'
import type { StoredRecord } from '../room/state'

/** Whom a record is about: who joined, or wrote. Undefined where nothing in it is personal. */
export const identityOf = ({ secret }: StoredRecord): string | undefined => secret?.session?.identity ?? secret?.author

/** What is left of an event when a message has been deleted: a message without its text keeps its place. */
export function withoutText<T extends LoggedEvent>(logged: T, messageId: string): T {
  const { event } = logged
  if (event.type !== 'chat.sent' || event.message.id !== messageId) return logged
  return { ...logged, event: { ...event, message: { ...event.message, text: '' } } }
}

/** The rest of an event about an erased identity: that it happened, without name, metadata or text. */
export function withoutPerson<T extends LoggedEvent>(logged: T): T {
  const { event } = logged
  if (event.type === 'participant.joined') {
    const { id, role } = event.participant
    return { ...logged, event: { ...event, participant: { id, name: '', role } } }
  }
  if (event.type === 'chat.sent') {
    return { ...logged, event: { ...event, message: { ...event.message, name: '', text: '' } } }
  }
  return logged
}
