import type { ClientMessage, ServerMessage } from '@peerstage/sdk/protocol'
import { GRACE_MS } from '../auth/token-watch'
import type { Clock } from '../ports/clock'

/** The current token of a connection, read from its messages, and the expiry that a test sets. */
export class ConnectionToken {
  readonly #clock: Clock
  readonly #asked = new Map<number, string>()
  #token: string | undefined
  #cancelEnd = () => {}

  constructor(token: string | undefined, clock: Clock) {
    this.#token = token
    this.#clock = clock
  }

  get text(): string | undefined {
    return this.#token
  }

  /** Expires the token. Calls `end` after the server's grace, unless the client sends a fresh token. */
  expire(end: () => void): void {
    this.#cancelEnd()
    this.#cancelEnd = this.#clock.after(GRACE_MS, end)
  }

  sent(message: ClientMessage): void {
    if (message.type === 'session.refresh') this.#asked.set(message.id, message.token)
  }

  received(message: ServerMessage): void {
    if (message.type !== 'reply') return
    const fresh = this.#asked.get(message.re)
    this.#asked.delete(message.re)
    if (fresh === undefined || !message.ok) return
    this.#token = fresh
    this.#cancelEnd()
  }

  /** Cancels the pending end. */
  stop(): void {
    this.#cancelEnd()
  }
}

/** The same token with an invalid signature. The server rejects it with the same answer as an expired one. */
export const invalidated = (token: string): string => token.replace(/[^.]*$/, 'AAAA')
