import * as v from 'valibot'
import type { Folds } from './fold'
import { commandId, messageId, participantId, timestamp } from './ids'
import { CHAT_KEPT, DEFAULT_LIMITS } from './limits'
import { type Role, role } from './roles'
import { strict } from './strict'
import { maxBytes, maxCharacters } from './text'

/** A chat message, as all participants see it. Plain text: escape it when you show it. */
export const chatMessage = v.object({
  id: messageId,
  /** The author. That participant may have left since, so its name and role are kept with the message. */
  participantId,
  /** The author's name when the message was written. */
  name: v.string(),
  role,
  text: v.string(),
  at: timestamp,
})
/** A chat message, as all participants see it. Plain text: escape it when you show it. */
export type ChatMessage = {
  /** Made by the server. */
  id: string
  /** The author. That participant may have left since, so its name and role are kept with the message. */
  participantId: string
  /** The author's name when the message was written. */
  name: string
  /** The author's role when the message was written. */
  role: Role
  /** 1 to 2,000 characters; tabs and newlines are kept. */
  text: string
  /** When it was written: milliseconds since the epoch, by the server's clock. */
  at: number
}

/** Sends a chat message. Tabs and newlines are kept, other control characters are removed. */
export const chatSend = strict({
  type: v.literal('chat.send'),
  id: commandId,
  text: v.pipe(
    v.string(),
    v.minLength(1),
    maxCharacters(DEFAULT_LIMITS.maxChatCharacters),
    maxBytes(DEFAULT_LIMITS.maxChatBytes),
  ),
})

/** Deletes a message. A moderator may delete any message, other participants their own. */
export const chatDelete = strict({
  type: v.literal('chat.delete'),
  id: commandId,
  messageId,
})

/** Asks for at most `limit` (default 50) messages older than `before` (default: the newest messages). A query: it changes nothing. */
export const chatHistory = strict({
  type: v.literal('chat.history'),
  id: commandId,
  before: v.optional(messageId),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
})

/** The reply's `result` to `chat.history`: oldest first. */
export const chatHistoryResult = v.object({
  messages: v.array(chatMessage),
  /** Whether there are older messages. */
  hasMore: v.boolean(),
})
/** The result of `chat.history`: older messages, oldest first. */
export type ChatHistoryResult = {
  /** Oldest first. */
  messages: ChatMessage[]
  /** Whether there are older messages. */
  hasMore: boolean
}

/** A message was written. */
export const chatSent = v.object({ type: v.literal('chat.sent'), message: chatMessage })
/** A message was deleted, by its author or a moderator. */
export const chatDeleted = v.object({ type: v.literal('chat.deleted'), messageId })

/** The commands of this feature. */
export const chatCommands = [chatSend, chatDelete, chatHistory] as const

/** The part of a room with its chat. */
export const chatPart = {
  /** The newest messages, oldest first. */
  messages: v.array(chatMessage),
}
type ChatPart = { messages: ChatMessage[] }

const chatEvents = [chatSent, chatDeleted] as const

/** The chat of a room. */
export const chatSlice = {
  part: chatPart,
  start: { messages: [] },
  events: chatEvents,
  folds: {
    'chat.sent': ({ messages }, { message }) => ({ messages: messages.slice(1 - CHAT_KEPT).concat(message) }),
    'chat.deleted': ({ messages }, { messageId }) => ({ messages: withoutMessage(messages, messageId) }),
  } satisfies Folds<ChatPart, v.InferOutput<(typeof chatEvents)[number]>>,
} as const

/** The same array when the message is not among them. */
export const withoutMessage = (messages: ChatMessage[], id: string): ChatMessage[] =>
  messages.some((each) => each.id === id) ? messages.filter((each) => each.id !== id) : messages
