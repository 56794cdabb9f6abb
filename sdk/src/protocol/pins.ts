import * as v from 'valibot'
import { type ChatMessage, chatMessage, withoutMessage } from './chat'
import type { Folds } from './fold'
import { commandId, messageId } from './ids'
import { strict } from './strict'

/** Pins one of the room's newest messages; with a fourth pin the oldest one goes. A message that is pinned already stays where it is. */
export const chatPin = strict({ type: v.literal('chat.pin'), id: commandId, messageId })
/** Takes a pin away; harmless when the message is not pinned. */
export const chatUnpin = strict({ type: v.literal('chat.unpin'), id: commandId, messageId })

/** What this feature asks of a room. */
export const pinCommands = [chatPin, chatUnpin] as const

/** A moderator pinned a message. */
export const chatPinned = v.object({ type: v.literal('chat.pinned'), messageId })
/** A message is no longer pinned: a moderator took the pin away, or a newer one took its place. */
export const chatUnpinned = v.object({ type: v.literal('chat.unpinned'), messageId })

const pinEvents = [chatPinned, chatUnpinned] as const

/** What moderators keep in sight. */
export const pinsPart = {
  /** Pinned messages, the newest pin first; at most three. They may be older than `messages`. */
  pinnedMessages: v.optional(v.array(chatMessage), () => []),
}
type PinsPart = { messages: ChatMessage[]; pinnedMessages: ChatMessage[] }

/** Pinned messages. An event names a message by its id alone, so that its text stands in the log once. */
export const pinsSlice = {
  part: pinsPart,
  start: { pinnedMessages: [] },
  events: pinEvents,
  folds: {
    'chat.pinned': ({ messages, pinnedMessages }, { messageId: pinned }) => ({
      pinnedMessages: [...messages.filter(({ id }) => id === pinned), ...withoutMessage(pinnedMessages, pinned)],
    }),
    'chat.unpinned': ({ pinnedMessages }, event) => ({
      pinnedMessages: withoutMessage(pinnedMessages, event.messageId),
    }),
    'chat.deleted': ({ pinnedMessages }, event) => ({
      pinnedMessages: withoutMessage(pinnedMessages, event.messageId),
    }),
  } satisfies Folds<PinsPart, v.InferOutput<(typeof pinEvents)[number]> | { type: 'chat.deleted'; messageId: string }>,
} as const
