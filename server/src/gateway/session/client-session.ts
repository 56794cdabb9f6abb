import type { ClientMessage, ClientMessageOf, Decoded, SignalUp } from '@peerstage/sdk/protocol'
import type { RoomInput } from '../../hosting/input'
import type { VerifiedClient } from '../handshake/handshake'
import type { MessageBudget, MessageBudgets } from '../limits/message-budget'
import type { ConnectionEvents, SocketConnection } from '../socket/socket-connection'
import { Credentials, type CredentialsPorts } from './credentials'
import type { IceServers, iceServersBy } from './ice-servers'
import { MessageRejections, type MessageRejectionsPorts } from './message-rejections'
import { type SeatEvents, SeatRequest, type SeatRequestPorts } from './seat-request'

/** RFC 6455 §7.4.1: a browser navigating away or closing the tab. */
const GOING_AWAY = 1001

/** Shared by all sessions of a gateway. */
export type ClientSessionPorts = SeatRequestPorts &
  MessageRejectionsPorts &
  CredentialsPorts & { readonly budgets: MessageBudgets; readonly iceServersOf: ReturnType<typeof iceServersBy> }

/** A verified connection from its first frame to its end: reads its messages, and hands them to its room. No method throws. */
export class ClientSession implements ConnectionEvents, SeatEvents {
  readonly #ports: ClientSessionPorts
  readonly #connection: SocketConnection
  readonly #roomId: string
  readonly #budget: MessageBudget
  readonly #seat: SeatRequest
  readonly #credentials: Credentials
  readonly #iceServers: IceServers
  readonly #rejections: MessageRejections

  constructor(ports: ClientSessionPorts, connection: SocketConnection, client: VerifiedClient) {
    const { claims, roomId, sessionHash } = client.principal
    this.#ports = ports
    this.#connection = connection
    this.#roomId = roomId
    this.#budget = ports.budgets.of(claims.identity, roomId)
    this.#rejections = new MessageRejections(ports, connection)
    this.#iceServers = ports.iceServersOf(sessionHash, connection)
    this.#seat = new SeatRequest(ports, connection, client.asked, this.#iceServers, this)
    this.#credentials = new Credentials(ports, connection, client)
  }

  /** Takes the seat that the hello asked for, or holds. */
  opened(): void {
    try {
      const { principal } = this.#credentials
      if (this.#seat.isByCommand) this.#seat.hold(principal.claims.identity)
      else this.#seat.request(principal)
    } catch (error) {
      this.#rejections.fatalError(error)
    }
  }

  message(decoded: Decoded<ClientMessage>): void {
    try {
      if (decoded.ok) this.#check(decoded.message)
      else this.#rejections.undecodable(decoded.id)
    } catch (error) {
      this.#rejections.internalError(error, decoded.ok ? decoded.message : undefined)
    }
  }

  badFrame(): void {
    this.#connection.close('bad_frame', 'A frame is a JSON array of messages, as text.')
  }

  closed(code: number): void {
    try {
      this.#credentials.stop()
      this.#iceServers.stop()
      this.#seat.stop()
      const departure = code === GOING_AWAY ? 'closed' : 'lost'
      this.#submit({ type: 'gone', connection: this.#connection, departure })
    } catch (error) {
      this.#rejections.fatalError(error)
    }
  }

  /** Only now: neither the token nor TURN is mentioned before the first frame. */
  answered(): void {
    if (!this.#connection.isOpen) return
    this.#credentials.watch()
    this.#iceServers.keepUp()
  }

  /** Counted, checked and passed on like any other signal of this client. */
  offered(signal: SignalUp): void {
    this.message({ ok: true, message: signal })
  }

  #check(message: ClientMessage): void {
    // The hello was counted already: a client must not be rejected now because another device of it sends much.
    if (message.type === 'join' && this.#seat.state === 'offered') return this.#handle(message)
    const rate = this.#budget.take(message, this.#seat.state === 'seated')
    if (rate.ok) this.#handle(message)
    else this.#rejections.overLimit(message, rate.error)
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'heartbeat':
        return this.#connection.sendMessage({ type: 'heartbeat' })
      case 'join':
        return this.#join(message)
      case 'leave':
        return this.#leave(message)
      case 'session.refresh':
        return this.#refresh(message)
      case 'signal':
        return this.#relay({ type: 'signal', signal: message })
      case 'cast':
        return this.#relay({ type: 'cast', cast: message.cast })
      default:
        return this.#ask({ type: 'command', connection: this.#connection, command: message })
    }
  }

  #relay(message: Extract<RoomInput, { type: 'relay' }>['message']): void {
    this.#submit({ type: 'relay', connection: this.#connection, message })
  }

  #join({ id, offer }: ClientMessageOf<'join'>): void {
    if (this.#seat.state === 'seated') return this.#rejections.invalid(id, 'The seat is taken already.')
    if (!this.#seat.isByCommand) return this.#rejections.invalid(id, 'The hello has asked for the seat already.')
    this.#connection.commandStarted()
    this.#seat.request(this.#credentials.principal, id, offer)
  }

  #leave({ id }: ClientMessageOf<'leave'>): void {
    const { isByCommand, state } = this.#seat
    const leave = { type: 'leave', connection: this.#connection, commandId: id } as const
    if (!isByCommand || state === 'seated') return this.#ask(leave)
    this.#connection.sendMessage({ type: 'reply', re: id, ok: true, seq: 0 })
    this.#connection.end()
    // A join that is under way must not leave a participant behind.
    if (state === 'requested') this.#submit(leave)
  }

  #refresh(message: ClientMessageOf<'session.refresh'>): void {
    void this.#renew(message).catch((error: unknown) => this.#rejections.internalError(error, message))
  }

  /** The room decides what a fresh token changes. */
  async #renew(message: ClientMessageOf<'session.refresh'>): Promise<void> {
    const renewal = await this.#credentials.renew(message.token)
    const connection = this.#connection
    if (!connection.isOpen) return
    if (!renewal.ok) {
      const { error, fault } = renewal
      const about = fault === undefined ? connection.auditContext : { ...connection.auditContext, fault }
      this.#ports.meter.rejection(error.code, about)
      this.#rejections.reject(message, error)
      connection.flush()
    } else if (this.#seat.state === 'seated') {
      this.#ask({ type: 'refresh', connection, commandId: message.id, role: renewal.role })
    } else connection.sendNow({ type: 'reply', re: message.id, ok: true, seq: 0 })
  }

  /** What will have a reply. */
  #ask(input: Extract<RoomInput, { type: 'command' | 'leave' | 'refresh' }>): void {
    this.#connection.commandStarted()
    this.#submit(input)
  }

  #submit(input: RoomInput): void {
    this.#ports.submit(this.#roomId, input)
  }
}
