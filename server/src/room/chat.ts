import type { Participant, RoomCommandOf } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext } from './command'
import type { Refused, ServerState } from './state'
import { refuse } from './state'

const HISTORY_DEFAULT = 50

const CONTROLS = /[^\P{Cc}\t\n]/gu
// They cannot be written as UTF-8, so a log on disk would give back something else.
const LONE_SURROGATES = /\p{Surrogate}/gu
const VISIBLE = /[^\s\p{C}\p{Default_Ignorable_Code_Point}]/u

/**
 * A message as it is kept: plain text with tabs and newlines, no other controls. Marks of writing direction stay, for
 * right-to-left text needs them; whoever shows the text isolates it.
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
  if (!VISIBLE.test(text)) return refuse('invalid', 'A message needs some text.')
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

/** That it is one's own, or that the sender may delete others', has been asked before. */
export function deleteChat(
  { room }: ServerState,
  { messageId }: RoomCommandOf<'chat.delete'>,
  actor: Participant,
): Accepted | Refused {
  if (!room.messages.some((each) => each.id === messageId))
    return refuse('message_not_found', 'This message is gone already.')
  return { events: [{ event: { type: 'chat.deleted', messageId }, by: actor.id }] }
}

/** A query. Before a message that is no longer kept there is nothing. */
export function chatHistory({ room }: ServerState, { before, limit }: RoomCommandOf<'chat.history'>): Accepted {
  const end = before === undefined ? room.messages.length : room.messages.findIndex((each) => each.id === before)
  const older = room.messages.slice(0, Math.max(end, 0))
  const start = Math.max(older.length - (limit ?? HISTORY_DEFAULT), 0)
  return { events: [], result: { messages: older.slice(start), hasMore: start > 0 } }
}
