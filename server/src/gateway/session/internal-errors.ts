import { DENIALS } from '../../hosting/rejections'
import type { Logger } from '../../ports/logger'
import type { Meter } from '../../ports/meter'
import type { SocketConnection } from '../socket/socket-connection'

/** So many cost a message each; one more, the connection. */
const ALLOWED = 2

type Witnesses = { readonly meter: Meter; readonly logger: Logger }

/** Faults of our own while one connection was served. None is anybody else's, nor the process's. */
export class InternalErrors {
  readonly #connection: SocketConnection
  readonly #witnesses: Witnesses
  #count = 0

  constructor(connection: SocketConnection, witnesses: Witnesses) {
    this.#connection = connection
    this.#witnesses = witnesses
  }

  /** One that cost a message. False: it was one too many, and the connection has ended. */
  isBearable(error: unknown): boolean {
    if (++this.#count > ALLOWED) {
      this.end(error)
      return false
    }
    this.#tell(error)
    this.#witnesses.meter.refusal('internal', this.#connection.auditContext)
    return true
  }

  /** One that leaves nothing to go on with. */
  end(error: unknown): void {
    this.#tell(error)
    this.#connection.close('unavailable', DENIALS.internal.message, undefined, { why: 'internal' })
  }

  #tell(error: unknown): void {
    this.#witnesses.logger.error({ err: error, ...this.#connection.auditContext }, 'a connection could not be served')
  }
}
