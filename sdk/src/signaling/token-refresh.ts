import type { Connection } from './connection'
import type { SessionEvents, SessionOptions } from './session-ports'
import { tokenOf } from './token'

/** The delay before the next try after the token function failed. */
const RETRY_MS = 5_000

export type TokenRefreshPorts = {
  /** Whether this is still the session's connection. */
  isCurrent(connection: Connection): boolean
  /** Whether the connection is held: then no reply is awaited. */
  isHeld(): boolean
  readonly log: SessionEvents['log']
}

/** Gives the server a new token before the old one ends. Tries again after a failure, as the old one is still valid for a while. */
export class TokenRefresh {
  readonly #options: Pick<SessionOptions, 'token' | 'clock' | 'sender'>
  readonly #ports: TokenRefreshPorts
  #cancel = () => {}

  constructor(options: Pick<SessionOptions, 'token' | 'clock' | 'sender'>, ports: TokenRefreshPorts) {
    this.#options = options
    this.#ports = ports
  }

  /** The server says that the token ends soon. */
  async run(connection: Connection): Promise<void> {
    const { token: source, clock, sender } = this.#options
    const { isCurrent, isHeld, log } = this.#ports
    if (typeof source !== 'function') return log('warn', 'the token ends soon, and it cannot be renewed')
    try {
      const token = await tokenOf(source, clock)
      if (token === undefined || !isCurrent(connection)) return
      const refresh = { type: 'session.refresh', token } as const
      if (isHeld()) connection.send({ ...refresh, id: sender.nextId() })
      else await sender.request(refresh, 'reject')
    } catch (error) {
      if (!isCurrent(connection)) return
      log('warn', 'the token could not be renewed', { error })
      this.cancel()
      this.#cancel = clock.after(RETRY_MS, () => void this.run(connection))
    }
  }

  /** The connection is gone. */
  cancel(): void {
    this.#cancel()
  }
}
