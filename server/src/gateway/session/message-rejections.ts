import { type ClientMessage, encodeMessage, type Rejection, reject, type ServerMessage } from '@peerstage/sdk/protocol'
import { REJECTIONS } from '../../hosting/rejections'
import type { Delivery } from '../../ports/connection'
import type { Logger } from '../../ports/logger'
import type { Meter } from '../../ports/meter'
import type { RateLimited } from '../limits/token-bucket'
import type { SocketConnection } from '../socket/socket-connection'

/** Bad messages that a connection may send; one more closes it. */
const BAD_MESSAGES_ALLOWED = 2
/** Internal errors that are answered with a rejection each; one more closes the connection. */
const INTERNAL_ERRORS_ALLOWED = 2

export type MessageRejectionsPorts = { readonly meter: Meter; readonly logger: Logger }

/** Answers the messages of one connection that never reach its room, and closes it when there are too many of them. */
export class MessageRejections {
  readonly #ports: MessageRejectionsPorts
  readonly #connection: SocketConnection
  #badMessages = 0
  #internalErrors = 0

  constructor(ports: MessageRejectionsPorts, connection: SocketConnection) {
    this.#ports = ports
    this.#connection = connection
  }

  reject(message: ClientMessage, error: Rejection, delivery?: Delivery): void {
    if ('id' in message) this.#ports.meter.command(message.type, error.code)
    const answer = answerTo(message, error)
    if (answer !== undefined) this.#connection.send(encodeMessage(answer), delivery)
  }

  /** A command that makes no sense in the state that the connection is in. */
  invalid(id: number, sentence: string): void {
    this.#connection.sendMessage({ type: 'reply', re: id, ok: false, error: reject('invalid', sentence) })
  }

  /** A message that could not be decoded. `id`: of the command that it seems to be. */
  undecodable(id: number | undefined): void {
    this.#badMessages++
    this.#ports.meter.rejection('invalid', this.#connection.auditContext)
    if (this.#badMessages > BAD_MESSAGES_ALLOWED) this.#connection.close('bad_frame', 'Too many bad messages.')
    else if (id !== undefined) {
      this.invalid(id, 'The message is not one of this protocol, or a value is out of bounds.')
    }
  }

  overLimit(message: ClientMessage, { flood, limit, retryAfterMs }: RateLimited): void {
    if (flood) return this.#connection.close('rate_limited', 'Far too many messages.', retryAfterMs, { why: 'flood' })
    this.#ports.meter.rejection(limit, this.#connection.auditContext)
    this.reject(message, reject('rate_limited', 'Too many messages at once.', retryAfterMs))
  }

  /** An error of our own costs the message that it happened to and nothing else: what follows is read. */
  internalError(error: unknown, message: ClientMessage | undefined): void {
    if (++this.#internalErrors > INTERNAL_ERRORS_ALLOWED) return this.fatalError(error)
    this.#log(error)
    this.#ports.meter.rejection('internal', this.#connection.auditContext)
    // A command may have been counted as in flight by then. If it was not, the client may have one more.
    if (message !== undefined) this.reject(message, REJECTIONS.internal, 'id' in message ? 'answer' : 'kept')
    this.#connection.flush()
  }

  /** An error of our own after which the connection cannot go on. */
  fatalError(error: unknown): void {
    this.#log(error)
    this.#connection.close('unavailable', REJECTIONS.internal.message, undefined, { why: 'internal' })
  }

  #log(error: unknown): void {
    this.#ports.logger.error({ err: error, ...this.#connection.auditContext }, 'a connection could not be served')
  }
}

/** A heartbeat is not answered. */
function answerTo(message: ClientMessage, error: Rejection): ServerMessage | undefined {
  if ('id' in message) return { type: 'reply', re: message.id, ok: false, error }
  if (message.type === 'signal') return { type: 'rejected', what: 'signal', to: message.to, error }
  return message.type === 'cast' ? { type: 'rejected', what: 'cast', error } : undefined
}
