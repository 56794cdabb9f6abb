import { LiveStreamError } from '../errors'
import {
  type ChatHistoryResult,
  type ChatMessage,
  chatHistoryResult,
  countCharacters,
  isBlank,
  type Limits,
  utf8Bytes,
} from '../protocol'
import type { Slice } from './slice'
import { asking, checkOptionsObject, resultOf, type VerbPorts } from './verb'

/**
 * The chat of the room. Texts are plain: the app escapes them. While disconnected all calls wait, in order. Each
 * also throws the common errors: see {@link ErrorCode}.
 *
 * @example
 * ```ts
 * await client.chat.send('hello')
 * const { messages } = await client.chat.history({ limit: 20 })
 * ```
 */
export type ChatVerbs = {
  /**
   * Sends a text to all; 1 to 2,000 characters, at most 4 KiB of UTF-8. When it resolves, the message is in
   * `client.state.messages`. It also waits while the room's chat is above its rate.
   * @throws LiveStreamError `payload_too_large`, `invalid` (a blank text), or the common errors except `rate_limited`
   */
  send(text: string): Promise<void>
  /**
   * Deletes your own message; hosts and cohosts may delete any, also older ones that only the log has.
   * @throws LiveStreamError `message_not_found`, or the common errors
   */
  delete(messageId: string): Promise<void>
  /**
   * Asks the room's log for messages older than `before` (a message's id; default: the newest), oldest first: at most `limit`
   * (1 to 100, default 50), and at most about 60 KiB, so check `hasMore`. Chat of earlier instances of the room is
   * not included.
   * @throws LiveStreamError `message_not_found` (`before` was deleted, or is not kept any more: use another one), or the common errors
   */
  history(options?: { before?: string; limit?: number }): Promise<ChatHistoryResult>
}

type ChatNamespace = {
  /** Sending and deleting messages, and reading older ones. */
  readonly chat: ChatVerbs
}

export type ChatEvents = {
  /** A participant, perhaps your own, wrote in the chat. */
  message: { message: ChatMessage; isOwn: boolean }
  /** A chat message was deleted, and is no longer in the state. */
  messageDeleted: { messageId: string }
}

export type ChatState = {
  /** The newest messages, oldest first. */
  readonly messages: readonly ChatMessage[]
}

type ChatSlice = {
  verbs: ChatNamespace
  state: ChatState
  events: ChatEvents
  logged: 'chat.sent' | 'chat.deleted'
}

/** The chat of the room. */
export const chat: Slice<ChatSlice> = {
  verbs: { chat: chatVerbs },
  view: ({ messages }) => ({ messages }),
  onLogged: {
    'chat.sent': ({ message }, { selfId }) => [messageEvent(message, selfId)],
    'chat.deleted': ({ messageId }) => [{ name: 'messageDeleted', payload: { messageId } }],
  },
  onSnapshot: ({ before, after, selfId }) => {
    const known = new Set(before.messages.map(({ id }) => id))
    return after.messages.filter(({ id }) => !known.has(id)).map((message) => messageEvent(message, selfId))
  },
}

const messageEvent = (message: ChatMessage, selfId: string | undefined) =>
  ({ name: 'message', payload: { message, isOwn: message.participantId === selfId } }) as const

function chatVerbs(ports: VerbPorts): ChatVerbs {
  const { ask, query } = asking(ports, 'queue')
  return {
    send: (text) => ask({ type: 'chat.send', text }, () => checkText(text, ports.limits())),
    delete: (messageId) => ask({ type: 'chat.delete', messageId }),
    history: (options = {}) =>
      query(
        { type: 'chat.history', ...options },
        (result) => resultOf(chatHistoryResult, result),
        () => checkOptionsObject(options),
      ),
  }
}

/** Rejects what the server would reject, without asking it. */
function checkText(text: unknown, { maxChatCharacters, maxChatBytes }: Limits): void {
  if (typeof text !== 'string' || isBlank(text)) throw new LiveStreamError('invalid', 'A message needs some text.')
  if (countCharacters(text) > maxChatCharacters || utf8Bytes(text) > maxChatBytes) {
    throw new LiveStreamError('payload_too_large', `A message has at most ${maxChatCharacters} characters.`, {
      userAction: 'Shorten the message.',
    })
  }
}
