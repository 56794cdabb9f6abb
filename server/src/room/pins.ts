import { participantOf } from '@peerstage/sdk/protocol'
import type { Accepted, Decision } from './command'
import type { AskingOf, Handlers } from './handler'
import type { Erases, Slice } from './slice'
import type { Decided } from './state'
import { rejected } from './state'

/** Messages that are pinned at once. What a room always shows must fit a small screen. */
const MAX_PINS = 3

const handlers: Handlers<'chat.pin' | 'chat.unpin'> = {
  'chat.pin': { needs: 'pinMessages', decide: pin },
  'chat.unpin': { needs: 'pinMessages', decide: unpin },
}

/**
 * Pinned messages that the room's newest ones do not have any more: the chat takes out only those. Where the author has left, the
 * archive may not know the message any more, so it could be of the erased identity: such a pin is taken away.
 */
const erase: Erases = ({ room }, { messageIds }) =>
  room.pinnedMessages
    .filter(({ id }) => !room.messages.some((each) => each.id === id))
    .flatMap(({ id, participantId }): Decided[] => {
      if (messageIds.has(id)) return [{ event: { type: 'chat.deleted', messageId: id }, by: null }]
      const isPresent = participantOf(room, participantId) !== undefined
      return isPresent ? [] : [{ event: { type: 'chat.unpinned', messageId: id }, by: null }]
    })

/** Pinned messages. */
export const pinsSlice = { handlers, erase } satisfies Slice

/** Only of the newest messages: those both ends have, so the event need not repeat the text. */
function pin({ state: { room }, command: { messageId }, actor }: AskingOf<'chat.pin'>): Decision {
  if (room.pinnedMessages.some(({ id }) => id === messageId)) return { ok: true, events: [] }
  if (!room.messages.some(({ id }) => id === messageId))
    return rejected('message_not_found', 'This message is deleted, or too old to be pinned.')
  const over = room.pinnedMessages.slice(MAX_PINS - 1)
  const unpinned = over.map(({ id }): Decided => ({ event: { type: 'chat.unpinned', messageId: id }, by: actor.id }))
  return { ok: true, events: [...unpinned, { event: { type: 'chat.pinned', messageId }, by: actor.id }] }
}

function unpin({ state: { room }, command: { messageId }, actor }: AskingOf<'chat.unpin'>): Accepted {
  if (!room.pinnedMessages.some(({ id }) => id === messageId)) return { ok: true, events: [] }
  return { ok: true, events: [{ event: { type: 'chat.unpinned', messageId }, by: actor.id }] }
}
