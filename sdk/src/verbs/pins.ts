import type { ChatMessage, Room } from '../protocol'
import type { Slice } from './slice'
import { asking, type VerbPorts } from './verb'

/** Pinned messages. While disconnected each call rejects at once with `unavailable`, because a moderator must know whether it worked. */
export type PinVerbs = {
  /**
   * Pins one of `client.state.messages`, for hosts and cohosts. At most three are pinned: with a fourth the oldest pin goes.
   * @throws LiveStreamError `message_not_found`, or the common errors
   */
  pin(messageId: string): Promise<void>
  /** Takes a pin away, for hosts and cohosts; harmless when the message is not pinned. @throws LiveStreamError the common errors */
  unpin(messageId: string): Promise<void>
}

type PinNamespace = {
  readonly chat: PinVerbs
}

export type PinEvents = {
  /** A message was pinned. `by`: the moderator's id; null where it was found pinned after a gap. */
  messagePinned: { message: ChatMessage; by: string | null }
  /** A message is no longer pinned: it was unpinned, deleted, or a newer pin took its place. */
  messageUnpinned: { messageId: string; by: string | null }
}

export type PinState = {
  /** Pinned messages, the newest pin first; at most three. They may be older than `messages`. */
  readonly pinnedMessages: readonly ChatMessage[]
}

type PinSlice = {
  verbs: PinNamespace
  state: PinState
  events: PinEvents
  logged: 'chat.pinned' | 'chat.unpinned' | 'chat.deleted'
}

/** Messages that moderators have pinned. */
export const pins: Slice<PinSlice> = {
  verbs: { chat: pinVerbs },
  view: ({ pinnedMessages }) => ({ pinnedMessages }),
  onLogged: {
    'chat.pinned': (_, { before, after, by }) => pinned(before, after, by),
    'chat.unpinned': (_, { before, after, by }) => unpinned(before, after, by),
    'chat.deleted': (_, { before, after, by }) => unpinned(before, after, by),
  },
  onSnapshot: ({ before, after }) => [...unpinned(before, after, null), ...pinned(before, after, null)],
}

const pinned = (before: Room, after: Room, by: string | null) =>
  lacking(after, before).map((message) => ({ name: 'messagePinned', payload: { message, by } }) as const)

const unpinned = (before: Room, after: Room, by: string | null) =>
  lacking(before, after).map(({ id }) => ({ name: 'messageUnpinned', payload: { messageId: id, by } }) as const)

/** The messages that are pinned in one room and not in the other. */
const lacking = ({ pinnedMessages }: Room, than: Room): ChatMessage[] =>
  pinnedMessages.filter(({ id }) => !than.pinnedMessages.some((each) => each.id === id))

function pinVerbs(ports: VerbPorts): PinVerbs {
  const { ask } = asking(ports, 'reject')
  return {
    pin: (messageId) => ask({ type: 'chat.pin', messageId }),
    unpin: (messageId) => ask({ type: 'chat.unpin', messageId }),
  }
}
