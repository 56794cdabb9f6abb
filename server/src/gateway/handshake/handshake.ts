import type { IncomingMessage } from 'node:http'
import type { GoodbyeCode, Limits, Role } from '@peerstage/sdk/protocol'
import { isLocalRequest } from '../../auth/local-request'
import { TOKEN_UNVERIFIED, type Verify } from '../../auth/verify-token'
import type { OriginRule } from '../../config/origins'
import type { Clock } from '../../ports/clock'
import type { Logger } from '../../ports/logger'
import type { InternalDetail } from '../../ports/meter'
import type { MessageBudgets } from '../limits/message-budget'
import type { SocketConnection } from '../socket/socket-connection'
import { type Address, parseHello, type SeatHello, seatHelloOf } from './hello'
import { type Principal, principalOf, shortHash } from './principal'

export type HandshakePorts = {
  readonly clock: Clock
  readonly logger: Logger
  readonly budgets: MessageBudgets
  readonly limits: Limits
  readonly verify: Verify
  /** The role that dev mode gives a client of this machine without a token; if absent, a token is needed. */
  readonly roleWithoutToken: Role | undefined
  readonly mayConnect: OriginRule
}

/** A client that may join. Its session key and its token are not kept. */
export type VerifiedClient = {
  readonly asked: SeatHello
  /** The name that its hello gave. */
  readonly name: string | undefined
  readonly principal: Principal
}

type HandshakeRejection = {
  readonly goodbye: GoodbyeCode
  readonly reason: string
  readonly retryAfterMs?: number
  readonly detail?: InternalDetail
}

type Verification =
  | { readonly ok: true; readonly client: VerifiedClient }
  | { readonly ok: false; readonly error: HandshakeRejection }

/** Verifies a connection: its origin, its hello, its token, and how often its identity joins. */
export class Handshake {
  readonly #ports: HandshakePorts

  constructor(ports: HandshakePorts) {
    this.#ports = ports
  }

  /** Undefined for a client that was rejected, or has gone meanwhile. Never rejects. */
  async verify(
    connection: SocketConnection,
    request: IncomingMessage,
    address: Address,
  ): Promise<VerifiedClient | undefined> {
    const { clock, limits } = this.#ports
    // A fixed deadline: a client cannot extend it.
    const cancel = clock.after(limits.verificationMs, () => {
      connection.close('verification_timeout', 'The token could not be verified in time.')
    })
    const result = await this.#examine(request, address).catch(this.#failed)
    cancel()
    if (!connection.isOpen) return undefined
    if (result.ok) {
      this.#log(connection, result.client.principal)
      return result.client
    }
    const { goodbye, reason, retryAfterMs, detail } = result.error
    connection.close(goodbye, reason, retryAfterMs, detail)
    return undefined
  }

  async #examine(request: IncomingMessage, address: Address): Promise<Verification> {
    const { mayConnect, verify, roleWithoutToken, budgets } = this.#ports
    if (!mayConnect(request.headers.origin)) return FOREIGN_ORIGIN
    const parsed = parseHello(request, address)
    if (!parsed.ok) return parsed
    const known = await principalOf(parsed.hello, verify, isLocalRequest(request) ? roleWithoutToken : undefined)
    if (!known.ok) {
      const { fault, ...goodbye } = known.error
      return { ok: false, error: fault === undefined ? goodbye : { ...goodbye, detail: { fault } } }
    }
    const { principal } = known
    const joins = budgets.join(principal.claims.identity, principal.roomId)
    const { name, ...hello } = parsed.hello.hello
    if (joins.ok) return { ok: true, client: { asked: seatHelloOf(hello), name, principal } }
    const { retryAfterMs, limit: why } = joins.error
    const reason = 'Too many joins in a short time.'
    return { ok: false, error: { goodbye: 'rate_limited', reason, retryAfterMs, detail: { why } } }
  }

  readonly #failed = (error: unknown): Verification => {
    this.#ports.logger.error({ err: error }, 'a verification failed with an internal error')
    return { ok: false, error: { goodbye: 'unavailable', reason: TOKEN_UNVERIFIED } }
  }

  /** Ties a connection's id, which all later lines carry, to its session and identity. */
  #log(connection: SocketConnection, { claims, sessionHash }: Principal): void {
    const fields = { ...connection.auditContext, sessionId: shortHash(sessionHash), who: shortHash(claims.identity) }
    this.#ports.logger.info(fields, 'a connection was verified')
  }
}

const FOREIGN_ORIGIN = {
  ok: false,
  error: { goodbye: 'forbidden', reason: 'Pages of this origin may not connect here.' },
} as const
