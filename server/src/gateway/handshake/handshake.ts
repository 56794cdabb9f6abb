import type { IncomingMessage } from 'node:http'
import type { GoodbyeCode, Limits, Role } from '@peerstage/sdk/protocol'
import { isLocalRequest } from '../../auth/local-request'
import type { Verify } from '../../auth/verify-token'
import type { OriginRule } from '../../config/origins'
import type { Clock } from '../../ports/clock'
import type { Logger } from '../../ports/logger'
import type { MessageBudgets } from '../limits/message-budget'
import { shortHash } from '../session/short-hash'
import type { InternalDetail, SocketConnection } from '../socket/socket-connection'
import { type Address, type ParsedHello, parseHello } from './hello'
import { admit, type Principal } from './principal'

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

/** A client that may join: its hello, and its principal. */
export type VerifiedClient = { readonly parsed: ParsedHello; readonly pass: Principal }

type Refusal = {
  readonly goodbye: GoodbyeCode
  readonly reason: string
  readonly retryAfterMs?: number
  readonly detail?: InternalDetail
}

/** Finds out whether a connection may come in: by its origin, its hello, its token, and how often it comes. */
export class Handshake {
  readonly #parts: HandshakePorts

  constructor(parts: HandshakePorts) {
    this.#parts = parts
  }

  /** Undefined for a client that may not join and was told why, or that has gone meanwhile. Never rejects. */
  async receive(
    connection: SocketConnection,
    request: IncomingMessage,
    address: Address,
  ): Promise<VerifiedClient | undefined> {
    const { clock, limits } = this.#parts
    // Absolute: nothing that a client does makes it longer.
    const cancel = clock.after(limits.verificationMs, () => {
      connection.close('verification_timeout', 'The token could not be verified in time.')
    })
    const guest = await this.#examine(request, address).catch(this.#failed)
    cancel()
    if (!connection.isOpen) return undefined
    if ('goodbye' in guest) {
      connection.close(guest.goodbye, guest.reason, guest.retryAfterMs, guest.detail)
      return undefined
    }
    this.#introduce(connection, guest.pass)
    return guest
  }

  async #examine(request: IncomingMessage, address: Address): Promise<VerifiedClient | Refusal> {
    const { mayConnect, verify, roleWithoutToken, budgets } = this.#parts
    if (!mayConnect(request.headers.origin)) {
      return { goodbye: 'forbidden', reason: 'Pages of this origin may not connect here.' }
    }
    const parsed = parseHello(request, address)
    if ('goodbye' in parsed) return parsed
    const admission = await admit(parsed, verify, isLocalRequest(request) ? roleWithoutToken : undefined)
    if ('goodbye' in admission) {
      const { fault, ...refusal } = admission
      return fault === undefined ? refusal : { ...refusal, detail: { fault } }
    }
    const { pass } = admission
    const joins = budgets.join(pass.claims.identity, pass.roomId)
    if (joins.ok) return { parsed, pass }
    const { retryAfterMs, limit: why } = joins
    return { goodbye: 'rate_limited', reason: 'Too many joins in a short time.', retryAfterMs, detail: { why } }
  }

  readonly #failed = (error: unknown): Refusal => {
    this.#parts.logger.error({ err: error }, 'a verification failed by itself')
    return { goodbye: 'unavailable', reason: 'The token could not be verified now.' }
  }

  /** Ties a connection's id, which all later lines carry, to its session and identity. */
  #introduce(connection: SocketConnection, { claims, sessionHash }: Principal): void {
    const fields = { ...connection.auditContext, sessionId: shortHash(sessionHash), who: shortHash(claims.identity) }
    this.#parts.logger.info(fields, 'a connection was verified')
  }
}
