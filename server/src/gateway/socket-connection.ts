import { encodeMessage, GOODBYES, type GoodbyeCode, type ServerMessage } from '@peerstage/sdk/protocol'
import type { WebSocket } from 'ws'
import type { Clock, Connection } from '../hosting/ports'
import { Outbox } from './outbox'

/** RFC 6455 §7.4.1: the purpose is fulfilled. */
const NORMAL_CLOSURE = 1000

/** One `ws` socket as a room sees it: messages in, frames out, and one goodbye. */
export class SocketConnection implements Connection {
  readonly id: string
  readonly #socket: WebSocket
  readonly #outbox: Outbox
  #closing = false

  constructor(id: string, socket: WebSocket, maxFrameBytes: number, clock: Clock) {
    this.id = id
    this.#socket = socket
    const wire = { write: (frame: string, sent: () => void) => socket.send(frame, sent) }
    this.#outbox = new Outbox(wire, maxFrameBytes, () => clock.now())
  }

  /** Whether it still takes part: not closed, nor about to be. */
  get isOpen(): boolean {
    return !this.#closing && this.#socket.readyState === this.#socket.OPEN
  }

  send(message: string, droppable = false): void {
    if (!this.isOpen) return
    if (!this.#outbox.push(message, droppable)) this.#closeSlow()
  }

  /** Queues one message that only this connection gets. */
  tell(message: ServerMessage): void {
    this.send(encodeMessage(message))
  }

  flush(): void {
    if (this.isOpen) this.#outbox.flush()
  }

  close(code: GoodbyeCode, reason: string, retryAfterMs?: number): void {
    if (!this.isOpen) return
    this.#outbox.flushAll()
    this.#finish(code, reason, retryAfterMs)
  }

  end(): void {
    if (!this.isOpen) return
    this.#closing = true
    this.#outbox.flushAll()
    this.#socket.close(NORMAL_CLOSURE)
  }

  /** Closes it when its reader has taken nothing for too long. */
  closeIfStalled(): void {
    if (this.isOpen && this.#outbox.isStalled) this.#closeSlow()
  }

  /** What waits for a slow reader is thrown away: it would only stand between it and the goodbye. */
  #closeSlow(): void {
    this.#finish('slow_consumer', 'The connection is too slow for this room.')
  }

  #finish(code: GoodbyeCode, reason: string, retryAfterMs?: number): void {
    this.#closing = true
    const { close, retry } = GOODBYES[code]
    const goodbye = { type: 'goodbye', code, reason, retryable: retry !== 'never' } as const
    this.#outbox.finish(encodeMessage(retryAfterMs === undefined ? goodbye : { ...goodbye, retryAfterMs }))
    this.#socket.close(close, code)
  }
}
