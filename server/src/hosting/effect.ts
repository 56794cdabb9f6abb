import type { GoodbyeCode, Presence, Rejection, ServerMessage } from '@peerstage/sdk/protocol'
import { encodeMessage } from '@peerstage/sdk/protocol'
import type { Connection, Delivery } from '../ports/connection'
import type { Logger } from '../ports/logger'

/** What a batch does to the outside once it is kept, in order. Data, so that a batch that failed leaves no trace. */
export type Effect =
  | {
      readonly type: 'send'
      readonly to: readonly Connection[]
      readonly text: () => string
      readonly delivery: Delivery
      /** Whether it may come after all other messages of its batch. */
      readonly isLate: boolean
    }
  | {
      readonly type: 'close'
      readonly connection: Connection
      readonly code: GoodbyeCode
      readonly reason: string
      readonly retryAfterMs?: number
    }
  | { readonly type: 'end'; readonly connection: Connection }
  | { readonly type: 'call'; readonly callback: () => void }

/** One message for some connections, serialised once and only if a connection gets it. */
export function send(
  to: readonly Connection[],
  message: ServerMessage,
  delivery: Delivery = 'kept',
  isLate = false,
): Effect {
  let text: string | undefined
  return {
    type: 'send',
    to,
    text: () => {
      text ??= encodeMessage(message)
      return text
    },
    delivery,
    isLate,
  }
}

/** An event for some connections. `encoded`: the JSON of its record's public part. */
export const sendEvent = (to: readonly Connection[], encoded: string): Effect => ({
  type: 'send',
  to,
  text: () => `{"type":"event","logged":${encoded}}`,
  delivery: 'kept',
  isLate: false,
})

/** A reply with a result comes at its place among the events, because it shows the room as it was there. Any other may be late. */
export const replyOk = (to: Connection, re: number, seq: number, result?: unknown): Effect =>
  result === undefined
    ? send([to], { type: 'reply', re, ok: true, seq }, 'answer', true)
    : send([to], { type: 'reply', re, ok: true, seq, result }, 'answer')

export const replyError = (to: Connection, re: number, error: Rejection): Effect =>
  send([to], { type: 'reply', re, ok: false, error }, 'answer', true)

/** The newest presence of a participant is all that counts: a slow reader may miss those before it. */
export const presenceOf = (to: readonly Connection[], participantId: string, presence: Presence): Effect =>
  send(to, { type: 'presence', participantId, presence }, { newestOf: participantId })

export const call = (callback: () => void): Effect => ({ type: 'call', callback })

export const close = (connection: Connection, code: GoodbyeCode, reason: string, retryAfterMs?: number): Effect =>
  retryAfterMs === undefined
    ? { type: 'close', connection, code, reason }
    : { type: 'close', connection, code, reason, retryAfterMs }

/**
 * Performs effects. One that fails does not stop the next ones, and one connection does not stop the others. Then every socket is
 * flushed once. First come messages and callbacks, in their order, then the answers that may be late: so the connections of a room have the same
 * messages in a row, and share a frame of them. Then connections end, and goodbyes are last: the host that ends the room first gets the reply.
 */
export function perform(effects: readonly Effect[], logger: Logger): void {
  const touched = new Set<Connection>()
  for (const rank of RANKS) {
    for (const effect of effects) if (rankOf(effect) === rank) take(effect, touched, logger)
  }
  for (const connection of touched) {
    try {
      connection.flush()
    } catch (error) {
      logFault(logger, error)
    }
  }
}

function take(effect: Effect, touched: Set<Connection>, logger: Logger): void {
  try {
    if (effect.type === 'send') sendToEach(effect, touched, logger)
    else if (effect.type === 'close') effect.connection.close(effect.code, effect.reason, effect.retryAfterMs)
    else if (effect.type === 'end') effect.connection.end()
    else effect.callback()
  } catch (error) {
    logFault(logger, error)
  }
}

function sendToEach(
  { to, text, delivery }: Extract<Effect, { type: 'send' }>,
  touched: Set<Connection>,
  logger: Logger,
): void {
  if (to.length === 0) return
  const encoded = text()
  for (const connection of to) {
    touched.add(connection)
    try {
      connection.send(encoded, delivery)
    } catch (error) {
      logFault(logger, error)
    }
  }
}

const RANKS = [0, 1, 2, 3] as const

/** The lowest rank comes first. Effects of one rank keep their order. */
function rankOf(effect: Effect): (typeof RANKS)[number] {
  if (effect.type === 'close') return 3
  if (effect.type === 'end') return 2
  return effect.type === 'send' && effect.isLate ? 1 : 0
}

const logFault = (logger: Logger, error: unknown): void =>
  logger.error({ err: error }, 'a room could not carry out what it had decided')
