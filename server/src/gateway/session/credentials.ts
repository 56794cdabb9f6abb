import { type Rejection, type Role, reject } from '@peerstage/sdk/protocol'
import { type TokenWatch, watchToken } from '../../auth/token-watch'
import type { Verify } from '../../auth/verify-token'
import type { Clock } from '../../ports/clock'
import { claimsOf, type Principal } from '../handshake/principal'

export type CredentialsPorts = {
  readonly clock: Clock
  readonly verify: Verify
  /** The token ends at `expiresAt` (ms since the epoch): it is time for another one. */
  readonly refreshNeeded: (expiresAt: number) => void
  /** It has ended, and no other one came. */
  readonly expired: () => void
}

/** What became of a fresh token. `fault`: what was wrong with it, in words of the code. */
export type Renewal = { readonly role: Role } | { readonly error: Rejection; readonly fault?: string | undefined }

/** Who a connection is, by the newest of its tokens, and for how long. */
export class Credentials {
  readonly #parts: CredentialsPorts
  /** The name that its hello gave: it is used if a token has no name. */
  readonly #name: string | undefined
  readonly #watch: TokenWatch
  #pass: Principal
  #state: 'quiet' | 'watched' | 'over' = 'quiet'

  constructor(parts: CredentialsPorts, pass: Principal, name: string | undefined) {
    this.#parts = parts
    this.#pass = pass
    this.#name = name
    this.#watch = watchToken(parts.clock, parts)
  }

  get pass(): Principal {
    return this.#pass
  }

  /** Watches its token from now on, and those that come after it. */
  watch(): void {
    if (this.#state === 'over') return
    this.#state = 'watched'
    if (this.#pass.life !== undefined) this.#watch.renew(this.#pass.life)
  }

  /**
   * Another token: for the same identity, and for the same room. One that is none changes nothing: the old one holds on, until its
   * own end and half a minute more.
   */
  async renew(token: string): Promise<Renewal> {
    const verified = await this.#parts.verify(token, this.#pass.roomId)
    if ('goodbye' in verified) {
      const { goodbye, retryAfterMs, fault } = verified
      return goodbye === 'unavailable'
        ? { error: reject('unavailable', 'The token could not be verified now.', retryAfterMs) }
        : { error: NOT_VALID, fault }
    }
    const { claims, ...life } = verified
    if (claims.sub !== this.#pass.claims.identity) return { error: NOT_VALID, fault: 'claim sub' }
    this.#pass = { ...this.#pass, claims: claimsOf(claims, this.#name), life }
    if (this.#state === 'watched') this.watch()
    return { role: claims.role }
  }

  /** The connection is gone. Idempotent. */
  stop(): void {
    this.#state = 'over'
    this.#watch.stop()
  }
}

const NOT_VALID = reject('unauthorized', 'The token is not valid for this session.')
