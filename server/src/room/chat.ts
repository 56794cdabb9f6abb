import { isBlank, type Participant, type RoomCommandOf } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext } from './command'
import type { Refused, ServerState } from './state'
import { refuse } from './state'

const CONTROLS = /[^\P{Cc}\t\n]/gu
// They cannot be written as UTF-8, so a log on disk would give back something else.
const LONE_SURROGATES = /\p{Surrogate}/gu

/**
 * A message as it is kept: plain text with tabs and newlines, no other controls. Marks of writing direction stay, for
 * right-to-left text needs them; the app that shows the text isolates it.
 */
const kept = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(CONTROLS, '').replace(LONE_SURROGATES, '\ufffd')

export function sendChat(
  { ledger }: ServerState,
  command: RoomCommandOf<'chat.send'>,
  actor: Participant,
  context: DecideContext,
): Accepted | Refused {
  const text = kept(command.text)
  if (isBlank(text)) return refuse('invalid', 'A message needs some text.')
  const message = {
    id: context.newId(),
    participantId: actor.id,
    name: actor.name,
    role: actor.role,
    text,
    at: context.now,
  }
  const author = ledger.sessions.get(actor.id)?.identity
  const secret = author === undefined ? {} : { secret: { author } }
  return { events: [{ event: { type: 'chat.sent', message }, by: actor.id, ...secret }] }
}

/**
 * That it is one's own, or that the sender may delete others', has been asked before. What the room does not keep any more is
 * as the log has it.
 */
export function deleteChat(
  { room }: ServerState,
  { messageId }: RoomCommandOf<'chat.delete'>,
  actor: Participant,
  { message, unread }: DecideContext,
): Accepted | Refused {
  const isKept = room.messages.some((each) => each.id === messageId) || message?.message.id === messageId
  if (!isKept) return unread ? { refused: unread } : refuse('message_not_found', 'This message is gone already.')
  return { events: [{ event: { type: 'chat.deleted', messageId }, by: actor.id }] }
}

const NOTHING_SAID = { messages: [], hasMore: false }

/** A query; the log was asked before the batch. */
export const chatHistory = ({ history = NOTHING_SAID, unread }: DecideContext): Accepted | Refused =>
  unread ? { refused: unread } : { events: [], result: history }
