import { encodeMessage, GOODBYES, type GoodbyeCode, type Limits, type ServerMessage } from '@peerstage/sdk/protocol'
import type { WebSocket } from 'ws'
import type { Clock } from '../../ports/clock'
import type { Connection, Delivery } from '../../ports/connection'
import type { Meter } from '../../ports/meter'
import type { RefusalReason } from '../../ports/refusal'
import { InFlightCommands } from '../limits/in-flight-commands'
import { SendQueue } from './send-queue'

/** RFC 6455 §7.4.1: the purpose is fulfilled. */
const NORMAL_CLOSURE = 1000

export type SocketConnectionPorts = {
  readonly clock: Clock
  readonly meter: Meter
  readonly limits: Limits
  /** The room it is headed for, where it names one; for the audit log. */
  readonly room: string | undefined
}

/** What the client does not learn: the name that metrics and the audit log have for it, and what was at fault. */
export type InternalDetail = { readonly why?: RefusalReason; readonly fault?: string; readonly address?: string }

/** One `ws` socket as a room sees it: messages in, frames out, and one goodbye. */
export class SocketConnection implements Connection {
  readonly id: string
  /** Commands under way: while there are too many the socket is not read. */
  readonly commands: InFlightCommands
  readonly #parts: SocketConnectionPorts
  readonly #socket: WebSocket
  readonly #queue: SendQueue
  #closing = false

  constructor(id: string, socket: WebSocket, parts: SocketConnectionPorts) {
    this.id = id
    this.#parts = parts
    this.#socket = socket
    const { limits, clock } = parts
    const wire = { write: (frame: string, sent: () => void) => socket.send(frame, sent) }
    this.#queue = new SendQueue(wire, limits, () => clock.elapsed())
    this.commands = new InFlightCommands(socket, limits.maxUnansweredCommands, clock)
  }

  /** Whether it still takes part: not closed, nor about to be. */
  get isOpen(): boolean {
    return !this.#closing && this.#socket.readyState === this.#socket.OPEN
  }

  /** Bytes that wait for its reader. */
  get queuedBytes(): number {
    return this.#queue.bytes
  }

  send(message: string, delivery: Delivery = 'kept'): void {
    if (!this.isOpen) return
    if (delivery === 'answer') this.commands.answered()
    if (!this.#queue.push(message, delivery)) this.#closeSlow()
  }

  /** Queues one message that only this connection gets. */
  sendMessage(message: ServerMessage): void {
    this.send(encodeMessage(message))
  }

  /** Sends one message that only this connection gets, and what waits before it. */
  sendNow(message: ServerMessage): void {
    this.sendMessage(message)
    this.flush()
  }

  flush(): void {
    if (this.isOpen) this.#queue.flush()
  }

  close(code: GoodbyeCode, reason: string, retryAfterMs?: number, silently: InternalDetail = {}): void {
    if (!this.isOpen) return
    this.#queue.flushAll()
    this.#finish(code, reason, retryAfterMs, silently)
  }

  end(): void {
    if (!this.isOpen) return
    this.#closing = true
    this.#queue.flushAll()
    this.#close(NORMAL_CLOSURE)
  }

  /** Closes it when its reader has taken nothing for too long. */
  closeIfStalled(): void {
    if (this.isOpen && this.#queue.isStalled) this.#closeSlow()
  }

  /** Cuts it: nothing is heard of its peer, which a goodbye would not reach. */
  terminateDead(): void {
    // Who has heard a goodbye already was counted by it.
    if (this.isOpen) this.#parts.meter.refusal('dead', this.auditContext)
    this.#socket.terminate()
  }

  /** Whom something concerns that is told of this connection. */
  get auditContext(): { connection: string; room?: string } {
    const { room } = this.#parts
    return room === undefined ? { connection: this.id } : { connection: this.id, room }
  }

  /** What waits for a slow reader is thrown away: it would only stand between it and the goodbye. */
  #closeSlow(): void {
    this.#finish('slow_consumer', 'The connection is too slow for this room.')
  }

  #finish(
    code: GoodbyeCode,
    reason: string,
    retryAfterMs?: number,
    { why = code, ...fault }: InternalDetail = {},
  ): void {
    this.#closing = true
    this.#parts.meter.refusal(why, { ...this.auditContext, sentence: reason, ...fault })
    const { close, retry } = GOODBYES[code]
    const goodbye = { type: 'goodbye', code, reason, retryable: retry !== 'never' } as const
    this.#queue.finish(encodeMessage(retryAfterMs === undefined ? goodbye : { ...goodbye, retryAfterMs }))
    this.#close(close, code)
  }

  #close(code: number, reason?: string): void {
    this.#socket.close(code, reason)
    // Its peer's answer could not be seen otherwise.
    this.#socket.resume()
  }
}
