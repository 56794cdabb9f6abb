import { type ClientMessage, type Decoded, encodeMessage, type Rejection, reject } from '@peerstage/sdk/protocol'
import type { Verify } from '../../auth/verify-token'
import type { RoomInput } from '../../hosting/input'
import { DENIALS } from '../../hosting/rejections'
import type { Delivery } from '../../ports/connection'
import type { Logger } from '../../ports/logger'
import type { Meter } from '../../ports/meter'
import type { ParsedHello } from '../handshake/hello'
import type { Principal } from '../handshake/principal'
import type { MessageBudget } from '../limits/message-budget'
import { FrameReader } from '../socket/frame-reader'
import type { SocketConnection } from '../socket/socket-connection'
import { Credentials } from './credentials'
import { IceServers, type IceServersPorts } from './ice-servers'
import { InternalErrors } from './internal-errors'
import { refused } from './refused'
import { SeatRequest, type SeatRequestPorts } from './seat-request'
import { shortHash } from './short-hash'

/** So many bad messages may be a mistake; one more is none. */
const BAD_MESSAGES_ALLOWED = 2

export type ClientSessionPorts = IceServersPorts &
  Omit<SeatRequestPorts, 'iceServers' | 'submit' | 'settled'> & {
    readonly meter: Meter
    readonly logger: Logger
    readonly verify: Verify
    readonly submit: (roomId: string, input: RoomInput) => void
  }

type MessageOf<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>

/** A verified connection from its first frame to its end: reads what it says, and hands it on to its room. */
export class ClientSession {
  readonly #parts: ClientSessionPorts
  readonly #connection: SocketConnection
  readonly #parsed: ParsedHello
  readonly #budget: MessageBudget
  readonly #place: SeatRequest
  readonly #intake: FrameReader
  readonly #credentials: Credentials
  readonly #iceServers: IceServers
  readonly #faults: InternalErrors
  #badMessages = 0

  constructor(
    parts: ClientSessionPorts,
    connection: SocketConnection,
    parsed: ParsedHello,
    pass: Principal,
    budget: MessageBudget,
  ) {
    this.#parts = parts
    this.#connection = connection
    this.#parsed = parsed
    this.#budget = budget
    this.#faults = new InternalErrors(connection, parts)
    this.#iceServers = new IceServers(parts, shortHash(pass.sessionHash), (iceServers) =>
      connection.sendNow({ type: 'iceServers', iceServers }),
    )
    const submit = (input: RoomInput) => this.#submit(input)
    const settled = () => this.#settled()
    const iceServers = () => this.#iceServers.take()
    this.#place = new SeatRequest({ ...parts, submit, settled, iceServers }, connection, parsed.hello)
    this.#intake = new FrameReader(connection, {
      hear: (decoded) => this.#hear(decoded),
      refuse: () => connection.close('bad_frame', 'A frame is a JSON array of messages, as text.'),
    })
    const { clock, verify } = parts
    const token = {
      refreshNeeded: (expiresAt: number) => connection.sendNow({ type: 'session.refreshNeeded', expiresAt }),
      expired: () => connection.close('unauthorized', 'The token does not hold any more.'),
    }
    this.#credentials = new Credentials({ clock, verify, ...token }, pass, parsed.hello.name)
  }

  /** Takes the place that the hello asked for, or holds. Never throws. */
  begin(): void {
    try {
      if (this.#place.isByCommand) this.#place.hold(this.#credentials.pass.claims.identity)
      else this.#place.ask(this.#credentials.pass)
    } catch (error) {
      this.#faults.end(error)
    }
  }

  /** One frame of the client. Never throws. */
  read(data: Buffer, isBinary: boolean): void {
    this.#intake.read(data, isBinary)
  }

  /** The socket is gone. `code`: what the peer closed it with. Never throws. */
  over(code: number): void {
    try {
      this.#credentials.stop()
      this.#iceServers.stop()
      this.#place.leave()
      const departure = code === GOING_AWAY ? 'closed' : 'lost'
      this.#submit({ type: 'gone', connection: this.#connection, departure })
    } catch (error) {
      this.#faults.end(error)
    }
  }

  /** Only now: nothing is said of the token, nor of TURN, before the first frame. */
  #settled(): void {
    if (!this.#connection.isOpen) return
    this.#credentials.watch()
    this.#iceServers.keepUp()
  }

  #hear(decoded: Decoded<ClientMessage>): void {
    try {
      if (decoded.ok) this.#weigh(decoded.message)
      else this.#bad(decoded.id)
    } catch (error) {
      this.#failed(error, decoded.ok ? decoded.message : undefined)
    }
  }

  /** A fault of our own costs the message that it befell and nothing else: what follows is read. */
  #failed(error: unknown, message?: ClientMessage): void {
    if (!this.#faults.isBearable(error)) return
    // A command may have been counted as unanswered by then. Counting it off in vain lets a client have one more.
    if (message !== undefined) this.#refuse(message, DENIALS.internal, 'id' in message ? 'answer' : 'kept')
    this.#connection.flush()
  }

  #weigh(message: ClientMessage): void {
    // Its hello has paid for it: a client whose other device talks much must not be refused half-way.
    if (message.type === 'join' && this.#place.isOffered) return this.#take(message)
    const verdict = this.#budget(message, this.#place.isTaken)
    if (verdict.ok) return this.#take(message)
    const { flood, limit, retryAfterMs } = verdict
    if (flood) return this.#connection.close('rate_limited', 'Far too many messages.', retryAfterMs, { why: 'flood' })
    this.#parts.meter.refusal(limit, this.#connection.auditContext)
    this.#refuse(message, reject('rate_limited', 'Too many messages at once.', retryAfterMs))
  }

  /** Refuses what never came before the room. */
  #refuse(message: ClientMessage, error: Rejection, delivery?: Delivery): void {
    if ('id' in message) this.#parts.meter.command(message.type, error.code)
    const refusal = refused(message, error)
    if (refusal !== undefined) this.#connection.send(encodeMessage(refusal), delivery)
  }

  #take(message: ClientMessage): void {
    if (message.type === 'heartbeat') this.#connection.sendMessage({ type: 'heartbeat' })
    else if (message.type === 'join') this.#join(message)
    else if (message.type === 'leave') this.#leave(message)
    else if (message.type === 'session.refresh')
      void this.#refresh(message).catch((error: unknown) => this.#failed(error, message))
    else if (message.type === 'signal') this.#route({ type: 'signal', signal: message })
    else if (message.type === 'cast') this.#route({ type: 'cast', cast: message.cast })
    else this.#ask({ type: 'command', connection: this.#connection, command: message })
  }

  #route(routable: Extract<RoomInput, { type: 'routable' }>['routable']): void {
    this.#submit({ type: 'routable', connection: this.#connection, routable })
  }

  #join({ id }: MessageOf<'join'>): void {
    if (this.#place.isTaken) this.#deny(id, 'The place is taken already.')
    else if (!this.#place.isByCommand) this.#deny(id, 'The hello has asked for the place already.')
    else {
      this.#connection.commands.asked()
      this.#place.ask(this.#credentials.pass, id)
    }
  }

  #leave({ id }: MessageOf<'leave'>): void {
    const leave = { type: 'leave', connection: this.#connection, commandId: id } as const
    if (!this.#place.isByCommand || this.#place.isTaken) return this.#ask(leave)
    this.#connection.sendMessage({ type: 'reply', re: id, ok: true, seq: 0 })
    this.#connection.end()
    // A join that is under way must not leave a participant behind.
    if (this.#place.isAsked) this.#submit(leave)
  }

  /** What a fresh token changes is the room's to decide. */
  async #refresh(message: MessageOf<'session.refresh'>): Promise<void> {
    const renewal = await this.#credentials.renew(message.token)
    if (!this.#connection.isOpen) return
    if ('error' in renewal) {
      const { error, fault } = renewal
      this.#parts.meter.refusal(error.code, {
        ...this.#connection.auditContext,
        ...(fault === undefined ? {} : { fault }),
      })
      this.#refuse(message, error)
      this.#connection.flush()
    } else if (this.#place.isTaken) {
      this.#ask({ type: 'refresh', connection: this.#connection, commandId: message.id, role: renewal.role })
    } else this.#connection.sendNow({ type: 'reply', re: message.id, ok: true, seq: 0 })
  }

  #bad(id: number | undefined): void {
    this.#badMessages++
    this.#parts.meter.refusal('invalid', this.#connection.auditContext)
    if (this.#badMessages > BAD_MESSAGES_ALLOWED) return this.#connection.close('bad_frame', 'Too many bad messages.')
    if (id !== undefined) this.#deny(id, 'The message is not one of this protocol, or a value is out of bounds.')
  }

  #deny(id: number, sentence: string): void {
    this.#connection.sendMessage({ type: 'reply', re: id, ok: false, error: reject('invalid', sentence) })
  }

  /** What will have a reply. */
  #ask(input: Extract<RoomInput, { type: 'command' | 'leave' | 'refresh' }>): void {
    this.#connection.commands.asked()
    this.#submit(input)
  }

  #submit(input: RoomInput): void {
    this.#parts.submit(this.#parsed.roomId, input)
  }
}

/** RFC 6455 §7.4.1: a browser navigating away or closing the tab. */
const GOING_AWAY = 1001
