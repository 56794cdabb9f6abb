import * as v from 'valibot'
import { LiveStreamError } from '../errors'
import {
  type ChatHistoryResult,
  chatHistoryResult,
  countCharacters,
  isBlank,
  type Limits,
  utf8Bytes,
} from '../protocol'
import { checkOptionsObject, type VerbPort } from './verb'

/**
 * The chat of the room. Texts are plain: the app escapes them. While disconnected every one waits, in order. Every one
 * throws what any verb may: see {@link ErrorCode}.
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
   * `client.state.messages`. Where the room's chat is too busy it waits too.
   * @throws LiveStreamError `payload_too_large`, `invalid` (nothing to be seen), or as any verb, but for `rate_limited`
   */
  send(text: string): Promise<void>
  /**
   * Deletes one's own message; a host's or cohost's call deletes anybody's, also where the room keeps it no more but its log does.
   * @throws LiveStreamError `message_not_found`, or as any verb
   */
  delete(messageId: string): Promise<void>
  /**
   * Asks the room's log for messages older than `before` (a message's id; default: the newest), oldest first: at most `limit`
   * (1 to 100, default 50), and at most some 60 KiB of them, so go by `hasMore`. What was said in an earlier opening of the room is
   * not among them.
   * @throws LiveStreamError `message_not_found` (`before` was deleted, or is too old to be kept: ask from another), or as any verb
   */
  history(options?: { before?: string; limit?: number }): Promise<ChatHistoryResult>
}

export function chatVerbs({ requests, limits, safely }: VerbPort): ChatVerbs {
  return {
    send: (text) =>
      safely('chat.send', async () => {
        checkText(text, limits())
        await requests().request({ type: 'chat.send', text }, 'queue')
      }),
    delete: (messageId) =>
      safely('chat.delete', async () => {
        await requests().request({ type: 'chat.delete', messageId }, 'queue')
      }),
    history: (options = {}) =>
      safely('chat.history', async () => {
        checkOptionsObject(options)
        const { result } = await requests().request({ type: 'chat.history', ...options }, 'queue')
        const parsed = v.safeParse(chatHistoryResult, result)
        if (parsed.success) return parsed.output
        throw new LiveStreamError('internal', 'The server sent a history that cannot be read.')
      }),
  }
}

/** The same answers as the server's, without the way to it. */
function checkText(text: unknown, { maxChatCharacters, maxChatBytes }: Limits): void {
  if (typeof text !== 'string' || isBlank(text)) throw new LiveStreamError('invalid', 'A message needs some text.')
  if (countCharacters(text) > maxChatCharacters || utf8Bytes(text) > maxChatBytes) {
    throw new LiveStreamError('payload_too_large', `A message has at most ${maxChatCharacters} characters.`, {
      userAction: 'Shorten the message.',
    })
  }
}
