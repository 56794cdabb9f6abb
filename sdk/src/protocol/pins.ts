import * as v from 'valibot'
import { type ChatMessage, chatMessage, withoutMessage } from './chat'
import type { Folds } from './fold'
import { commandId, messageId } from './ids'
import { strict } from './strict'

/** Pins one of the room's newest messages. A fourth pin removes the oldest one. Pinning a pinned message changes nothing. */
export const chatPin = strict({ type: v.literal('chat.pin'), id: commandId, messageId })
/** Removes a pin. Changes nothing when the message is not pinned. */
export const chatUnpin = strict({ type: v.literal('chat.unpin'), id: commandId, messageId })

/** The commands of this feature. */
export const pinCommands = [chatPin, chatUnpin] as const

/** A moderator pinned a message. */
export const chatPinned = v.object({ type: v.literal('chat.pinned'), messageId })
/** A message is no longer pinned: a moderator removed the pin, or a newer pin replaced it. */
export const chatUnpinned = v.object({ type: v.literal('chat.unpinned'), messageId })

const pinEvents = [chatPinned, chatUnpinned] as const

/** The part of a room with its pinned messages. */
export const pinsPart = {
  /** Pinned messages, the newest pin first; at most three. They may be older than `messages`. */
  pinnedMessages: v.optional(v.array(chatMessage), () => []),
}
type PinsPart = { messages: ChatMessage[]; pinnedMessages: ChatMessage[] }

/** Pinned messages. The events contain only the id of the message, so that its text is in the log once. */
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
