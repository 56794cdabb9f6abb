import type { ClientMessage, ServerMessage } from '@peerstage/sdk/protocol'
import { GRACE_MS } from '../auth/token-watch'
import type { Clock } from '../ports/clock'

/** The token that a connection lives on, as its messages tell; and its end, when a test says that it has come. */
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

  /** The token is over. Without a fresh one so is the connection, after the grace that the server gives. */
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

  /** Forgets the end that was to come. */
  stop(): void {
    this.#cancelEnd()
  }
}

/** The same token without its signature: to the server as bad as one that is over, and answered in the same words. */
export const invalidated = (token: string): string => token.replace(/[^.]*$/, 'AAAA')
