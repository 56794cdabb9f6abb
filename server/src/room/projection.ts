import type { ChatMessage, LoggedEvent } from '@peerstage/sdk/protocol'
import type { ArchivedMessage } from './command'
import type { Secret } from './ledger'
import type { StoredRecord } from './state'

/** What a record means beyond its room: what a log keeps of it in other places. Absent parts do not change. */
export type Projection = {
  /** The identity that joined, or wrote: erasing an identity finds its records by this. Absent where nothing is personal. */
  readonly identity?: string
  /** A message for the chat archive. */
  readonly archived?: ArchivedMessage
  /** The id of a message that is deleted: its text goes from all that is kept. */
  readonly deleted?: ChatMessage['id']
  /** How the bans change that outlive the instance. */
  readonly bans?: BanChange
  /** Whether the room was ended, so that its id is rejected for a while. An empty room that closes is not. */
  readonly isEnd: boolean
}

/** All bans anew, or one that was added, or the id of one that was lifted. */
export type BanChange = Pick<Secret, 'bans' | 'banned' | 'unbanned'>

/** What one record means for the chat archive, for bans, for the room's end, and for erasing. */
export function projectionOf({ event, secret = {} }: StoredRecord): Projection {
  const { bans, banned, unbanned, session, author } = secret
  const identity = session?.identity ?? author
  const changesBans = bans !== undefined || banned !== undefined || unbanned !== undefined
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(event.type === 'chat.sent' ? { archived: { message: event.message, identity: author ?? '' } } : {}),
    ...(event.type === 'chat.deleted' ? { deleted: event.messageId } : {}),
    ...(changesBans ? { bans: secret } : {}),
    isEnd: event.type === 'room.ended' && event.reason === 'ended',
  }
}

/** Whether participants only leave by these records, or the room ends: sooner or later a log that is full has more room by them. */
export function onlyLeaves(records: readonly StoredRecord[]): boolean {
  const types = records.map(({ event }) => event.type)
  return types.some((type) => ENDING.has(type)) && types.every((type) => ENDING.has(type) || FOLLOWS_AN_END.has(type))
}

const ENDING: ReadonlySet<string> = new Set(['participant.left', 'room.ended'])
/** The succession of a host, or the wait for one. */
const FOLLOWS_AN_END: ReadonlySet<string> = new Set([
  'participant.roleChanged',
  'room.hostGraceStarted',
  'room.hostGraceEnded',
])

/** A record without what never leaves the server. */
export const publicPart = ({ seq, at, by, event }: StoredRecord): LoggedEvent => ({ seq, at, by, event })

/** What is left of an event when a message has been deleted: a message without its text keeps its seq. */
export function withoutText<T extends LoggedEvent>(logged: T, messageId: string): T {
  const { event } = logged
  if (event.type !== 'chat.sent' || event.message.id !== messageId) return logged
  return { ...logged, event: { ...event, message: { ...event.message, text: '' } } }
}

/** What is left of a record about an erased identity: that it happened, without name, metadata, text or secret. */
export function withoutPerson({ secret: _, ...logged }: StoredRecord): StoredRecord {
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
