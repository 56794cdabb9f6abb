// The tokens of a session: asking the app for one, and giving the server a new one before the old one ends.
import { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import type { Connection } from './connection'
import type { SessionEvents, SessionPorts, TokenSource } from './session-ports'

/** How long a token function may take, unless links have fallen silent. */
const TOKEN_LIMIT_MS = 10_000

/**
 * Asks the source for a token.
 * @param limitMs a function that takes longer has failed: a backend that hangs must not stop reconnecting
 * @throws LiveStreamError `token_unavailable` when the function throws, gives no text or takes too long
 */
export async function tokenOf(
  source: TokenSource | undefined,
  clock: Clock,
  limitMs = TOKEN_LIMIT_MS,
): Promise<string | undefined> {
  if (typeof source !== 'function') return source
  const { promise: tooLate, cancel } = deadline(clock, limitMs)
  try {
    const token: unknown = await Promise.race([source(), tooLate])
    if (typeof token === 'string' && token !== '') return token
  } catch (cause) {
    throw unavailable('The token function failed.', cause)
  } finally {
    cancel()
  }
  throw unavailable('The token function gave no token.')
}

function deadline(clock: Clock, limitMs: number): { promise: Promise<never>; cancel: () => void } {
  let cancel = () => {}
  const promise = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => reject(new Error(`no answer in ${limitMs} ms`)))
  })
  return { promise, cancel }
}

const unavailable = (message: string, cause?: unknown) =>
  new LiveStreamError('token_unavailable', message, { retryable: true, cause })

/** The delay before the next try after the token function failed. */
const RETRY_MS = 5_000

export type TokenRefreshPorts = {
  readonly connection: Connection
  /** Whether the connection has ended. */
  isOver(): boolean
  /** Whether it is held: then no reply is awaited. */
  isHeld(): boolean
  readonly log: SessionEvents['log']
}

/** Gives the server a new token before the old one ends. Tries again after a failure, as the old one is still valid for a while. */
export class TokenRefresh {
  readonly #session: Pick<SessionPorts, 'token' | 'clock' | 'sender'>
  readonly #ports: TokenRefreshPorts
  #cancel = () => {}

  constructor(session: Pick<SessionPorts, 'token' | 'clock' | 'sender'>, ports: TokenRefreshPorts) {
    this.#session = session
    this.#ports = ports
  }

  /** The server says that the token ends soon. */
  async run(): Promise<void> {
    const { token: source, clock, sender } = this.#session
    const { connection, isOver, isHeld, log } = this.#ports
    if (typeof source !== 'function') return log('warn', 'the token ends soon, and it cannot be renewed')
    try {
      const token = await tokenOf(source, clock)
      if (token === undefined || isOver()) return
      const refresh = { type: 'session.refresh', token } as const
      if (isHeld()) connection.send({ ...refresh, id: sender.nextId() })
      else await sender.request(refresh, 'reject')
    } catch (error) {
      if (isOver()) return
      log('warn', 'the token could not be renewed', { error })
      this.cancel()
      this.#cancel = clock.after(RETRY_MS, () => void this.run())
    }
  }

  /** The connection is gone. */
  cancel(): void {
    this.#cancel()
  }
}
