import { type Rejection, type Role, reject } from '@peerstage/sdk/protocol'
import { TokenWatch, type TokenWatchEvents, type TokenWatchPorts } from '../../auth/token-watch'
import { TOKEN_UNVERIFIED, type Verify } from '../../auth/verify-token'
import type { VerifiedClient } from '../handshake/handshake'
import { claimsOf, type Principal } from '../handshake/principal'
import type { SocketConnection } from '../socket/socket-connection'

export type CredentialsPorts = TokenWatchPorts & { readonly verify: Verify }

/** Whether a fresh token was accepted. `fault`: the exact fault, a constant of the code. */
export type RenewalResult =
  | { readonly ok: true; readonly role: Role }
  | { readonly ok: false; readonly error: Rejection; readonly fault?: string | undefined }

/** The identity of a connection by its newest token, and when that expires. */
export class Credentials implements TokenWatchEvents {
  readonly #ports: CredentialsPorts
  readonly #connection: SocketConnection
  /** The name that its hello gave: it is used if a token has no name. */
  readonly #name: string | undefined
  readonly #watch: TokenWatch
  #principal: Principal
  #state: 'unwatched' | 'watched' | 'stopped' = 'unwatched'

  constructor(ports: CredentialsPorts, connection: SocketConnection, { principal, name }: VerifiedClient) {
    this.#ports = ports
    this.#connection = connection
    this.#principal = principal
    this.#name = name
    this.#watch = new TokenWatch(ports, this)
  }

  get principal(): Principal {
    return this.#principal
  }

  /** Watches its token from now on, and those that come after it. */
  watch(): void {
    if (this.#state === 'stopped') return
    this.#state = 'watched'
    if (this.#principal.life !== undefined) this.#watch.renew(this.#principal.life)
  }

  /**
   * Takes another token: for the same identity, and for the same room. One that is rejected changes nothing: the connection goes on
   * with the old one, until half a minute after that has expired.
   */
  async renew(token: string): Promise<RenewalResult> {
    const verified = await this.#ports.verify(token, this.#principal.roomId)
    if (!verified.ok) {
      const { goodbye, retryAfterMs, fault } = verified.error
      return goodbye === 'unavailable'
        ? { ok: false, error: reject('unavailable', TOKEN_UNVERIFIED, retryAfterMs) }
        : { ok: false, error: NOT_VALID, fault }
    }
    const { claims, life } = verified
    if (claims.sub !== this.#principal.claims.identity) return { ok: false, error: NOT_VALID, fault: 'claim sub' }
    this.#principal = { ...this.#principal, claims: claimsOf(claims, this.#name), life }
    if (this.#state === 'watched') this.watch()
    return { ok: true, role: claims.role }
  }

  refreshNeeded(expiresAt: number): void {
    this.#connection.sendNow({ type: 'session.refreshNeeded', expiresAt })
  }

  expired(): void {
    this.#connection.close('unauthorized', 'The token does not hold any more.')
  }

  /** The connection is gone. Idempotent. */
  stop(): void {
    this.#state = 'stopped'
    this.#watch.stop()
  }
}

const NOT_VALID = reject('unauthorized', 'The token is not valid for this session.')
