import { isBlank, type Permission } from '@peerstage/sdk/protocol'
import type { Decision } from './command'
import type { Asking, AskingOf, Handlers } from './handler'
import type { LedgerRecord } from './ledger'
import { messageGone } from './rejections'
import type { Erases, Projection, Slice } from './slice'
import type { Decided } from './state'
import { rejected } from './state'

const handlers: Handlers<'chat.send' | 'chat.delete' | 'chat.history'> = {
  'chat.send': { needs: 'chat', decide: sendChat },
  'chat.delete': { needs: neededToDelete, decide: deleteChat },
  'chat.history': { needs: 'chat', decide: chatHistory },
}

/** What records say of messages. */
type ChatSecret = {
  /** On `chat.sent`: the identity that wrote it. */
  readonly author?: string
}

/** Older messages than the room holds are in no mirror either: those need no event. */
const erase: Erases = ({ room }, { messageIds }) =>
  room.messages
    .filter(({ id }) => messageIds.has(id))
    .map(({ id }) => ({ event: { type: 'chat.deleted', messageId: id }, by: null }))

/** The chat: what becomes of its commands, what of it is archived, and what is left of it when a text must go. */
export const chatSlice = {
  handlers,
  erase,
  project,
  withoutPerson: {
    'chat.sent': (event) => ({ ...event, message: { ...event.message, name: '', text: '' } }),
  },
  withoutText: {
    'chat.sent': (event, messageId) =>
      event.message.id === messageId ? { ...event, message: { ...event.message, text: '' } } : event,
  },
} satisfies Slice

function project({ event, secret }: LedgerRecord<ChatSecret>): Partial<Projection> {
  const author = secret?.author
  const identity = author === undefined ? {} : { identity: author }
  if (event.type === 'chat.sent') return { ...identity, archived: { message: event.message, identity: author ?? '' } }
  return event.type === 'chat.deleted' ? { ...identity, deleted: event.messageId } : identity
}

const CONTROLS = /[^\P{Cc}\t\n]/gu
// They cannot be written as UTF-8, so a log on disk would give back something else.
const LONE_SURROGATES = /\p{Surrogate}/gu

/**
 * A message as it is kept: plain text with tabs and newlines, no other controls. Marks of writing direction stay, for
 * right-to-left text needs them; the app that shows the text isolates it.
 */
const kept = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(CONTROLS, '').replace(LONE_SURROGATES, '\ufffd')

function sendChat({ state: { ledger }, command, actor, context }: AskingOf<'chat.send'>): Decision {
  const text = kept(command.text)
  if (isBlank(text)) return rejected('invalid', 'A message needs some text.')
  const message = {
    id: context.newId(),
    participantId: actor.id,
    name: actor.name,
    role: actor.role,
    text,
    at: context.now,
  }
  const author = ledger.sessions.get(actor.id)?.identity
  const sent: Decided<ChatSecret> = { event: { type: 'chat.sent', message }, by: actor.id }
  return { ok: true, events: [author === undefined ? sent : { ...sent, secret: { author } }] }
}

/** One's own may always be deleted. The message is one of the room's newest, or as the log has it. */
function neededToDelete({ state, command, actor, context }: DeleteAsked): Permission | null {
  const isAsked = ({ id }: { id: string }) => id === command.messageId
  const logged = context.message?.message
  const message = logged !== undefined && isAsked(logged) ? logged : state.room.messages.find(isAsked)
  return message === undefined || message.participantId === actor.id ? null : 'deleteMessages'
}
type DeleteAsked = Omit<AskingOf<'chat.delete'>, 'target'>

/** What the room does not keep any more is as the log has it. */
function deleteChat({ state, command, actor, context }: AskingOf<'chat.delete'>): Decision {
  const { messageId } = command
  const { message, logFailure } = context
  const isKept = state.room.messages.some((each) => each.id === messageId) || message?.message.id === messageId
  if (!isKept) return messageGone(logFailure)
  return { ok: true, events: [{ event: { type: 'chat.deleted', messageId }, by: actor.id }] }
}

const NOTHING_SAID = { messages: [], hasMore: false }

/** A query; the log was asked before the batch. */
function chatHistory({ context: { history = NOTHING_SAID, logFailure } }: Asking<unknown>): Decision {
  return logFailure ? { ok: false, error: logFailure } : { ok: true, events: [], result: history }
}
