import { encodeMessage, GOODBYES, type GoodbyeCode, type Limits, type ServerMessage } from '@peerstage/sdk/protocol'
import type { WebSocket } from 'ws'
import type { Clock } from '../../ports/clock'
import type { Connection, Delivery } from '../../ports/connection'
import type { Meter } from '../../ports/meter'
import type { RefusalReason } from '../../ports/refusal'
import { Unanswered } from '../limits/in-flight-commands'
import { Outbox } from './send-queue'

/** RFC 6455 §7.4.1: the purpose is fulfilled. */
const NORMAL_CLOSURE = 1000

export type SocketConnectionParts = {
  readonly clock: Clock
  readonly meter: Meter
  readonly limits: Limits
  /** The room it is headed for, where it names one; for the audit log. */
  readonly room: string | undefined
}

/** What the client does not learn: the name that metrics and the audit log have for it, and what was at fault. */
export type Unsaid = { readonly why?: RefusalReason; readonly fault?: string; readonly address?: string }

/** One `ws` socket as a room sees it: messages in, frames out, and one goodbye. */
export class SocketConnection implements Connection {
  readonly id: string
  /** Commands under way: while there are too many the socket is not read. */
  readonly unanswered: Unanswered
  readonly #parts: SocketConnectionParts
  readonly #socket: WebSocket
  readonly #outbox: Outbox
  #closing = false

  constructor(id: string, socket: WebSocket, parts: SocketConnectionParts) {
    this.id = id
    this.#parts = parts
    this.#socket = socket
    const { limits, clock } = parts
    const wire = { write: (frame: string, sent: () => void) => socket.send(frame, sent) }
    this.#outbox = new Outbox(wire, limits, () => clock.elapsed())
    this.unanswered = new Unanswered(socket, limits.maxUnansweredCommands, clock)
  }

  /** Whether it still takes part: not closed, nor about to be. */
  get isOpen(): boolean {
    return !this.#closing && this.#socket.readyState === this.#socket.OPEN
  }

  /** Bytes that wait for its reader. */
  get queuedBytes(): number {
    return this.#outbox.bytes
  }

  send(message: string, delivery: Delivery = 'kept'): void {
    if (!this.isOpen) return
    if (delivery === 'answer') this.unanswered.answered()
    if (!this.#outbox.push(message, delivery)) this.#closeSlow()
  }

  /** Queues one message that only this connection gets. */
  tell(message: ServerMessage): void {
    this.send(encodeMessage(message))
  }

  /** Sends one message that only this connection gets, and what waits before it. */
  tellNow(message: ServerMessage): void {
    this.tell(message)
    this.flush()
  }

  flush(): void {
    if (this.isOpen) this.#outbox.flush()
  }

  close(code: GoodbyeCode, reason: string, retryAfterMs?: number, silently: Unsaid = {}): void {
    if (!this.isOpen) return
    this.#outbox.flushAll()
    this.#finish(code, reason, retryAfterMs, silently)
  }

  end(): void {
    if (!this.isOpen) return
    this.#closing = true
    this.#outbox.flushAll()
    this.#close(NORMAL_CLOSURE)
  }

  /** Closes it when its reader has taken nothing for too long. */
  closeIfStalled(): void {
    if (this.isOpen && this.#outbox.isStalled) this.#closeSlow()
  }

  /** Cuts it: nothing is heard of its peer, which a goodbye would not reach. */
  cutDead(): void {
    // Who has heard a goodbye already was counted by it.
    if (this.isOpen) this.#parts.meter.refusal('dead', this.concerned)
    this.#socket.terminate()
  }

  /** Whom something concerns that is told of this connection. */
  get concerned(): { connection: string; room?: string } {
    const { room } = this.#parts
    return room === undefined ? { connection: this.id } : { connection: this.id, room }
  }

  /** What waits for a slow reader is thrown away: it would only stand between it and the goodbye. */
  #closeSlow(): void {
    this.#finish('slow_consumer', 'The connection is too slow for this room.')
  }

  #finish(code: GoodbyeCode, reason: string, retryAfterMs?: number, { why = code, ...fault }: Unsaid = {}): void {
    this.#closing = true
    this.#parts.meter.refusal(why, { ...this.concerned, sentence: reason, ...fault })
    const { close, retry } = GOODBYES[code]
    const goodbye = { type: 'goodbye', code, reason, retryable: retry !== 'never' } as const
    this.#outbox.finish(encodeMessage(retryAfterMs === undefined ? goodbye : { ...goodbye, retryAfterMs }))
    this.#close(close, code)
  }

  #close(code: number, reason?: string): void {
    this.#socket.close(code, reason)
    // Its peer's answer could not be seen otherwise.
    this.#socket.resume()
  }
}
