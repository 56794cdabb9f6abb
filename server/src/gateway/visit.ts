import {
  type ClientMessage,
  type Command,
  type IceServer,
  type Limits,
  type Rejection,
  reject,
} from '@peerstage/sdk/protocol'
import type { RoomInput } from '../hosting/input'
import type { Clock, Meter } from '../hosting/ports'
import { claimsOf, type Pass } from './admission'
import type { RefusedToken, Verify } from './auth'
import type { Budget } from './budget'
import type { Greeting } from './hello'
import type { Holds } from './holds'
import { Intake } from './intake'
import type { SocketConnection } from './socket-connection'
import { type TokenWatch, watchToken } from './token-watch'

/** So many bad messages may be a mistake; one more is none. */
const BAD_MESSAGES_ALLOWED = 2
/** When who holds too often may try again: by then a lost socket has been noticed. */
const HOLD_RETRY_MS = 30_000
/** How long a prejoin screen may hold a verified connection without a place. */
const HOLD_MS = 5 * 60_000

export type VisitParts = {
  readonly clock: Clock
  readonly meter: Meter
  readonly verify: Verify
  readonly holds: Holds
  readonly limits: Limits
  readonly iceServers: readonly IceServer[]
  readonly submit: (roomId: string, input: RoomInput) => void
}

type MessageOf<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>
type RoomBound = Exclude<
  ClientMessage,
  { type: 'heartbeat' | 'join' | 'leave' | 'session.refresh' | 'signal' | 'cast' }
>

/** A verified connection from its first frame to its end: reads what it says, and hands it on to its room. */
export class Visit {
  readonly #parts: VisitParts
  readonly #connection: SocketConnection
  readonly #greeting: Greeting
  readonly #budget: Budget
  readonly #intake: Intake
  readonly #tokenWatch: TokenWatch
  #pass: Pass
  #seated = false
  #badMessages = 0
  #cancelHold = () => {}
  #letGo = () => {}

  constructor(parts: VisitParts, connection: SocketConnection, greeting: Greeting, pass: Pass, budget: Budget) {
    this.#parts = parts
    this.#connection = connection
    this.#greeting = greeting
    this.#pass = pass
    this.#budget = budget
    this.#intake = new Intake(connection, {
      hear: (decoded) => (decoded.ok ? this.#weigh(decoded.message) : this.#bad(decoded.id)),
      refuse: () => connection.close('bad_frame', 'A frame is a JSON array of messages, as text.'),
    })
    this.#tokenWatch = watchToken(parts.clock, {
      refreshNeeded: (expiresAt) => this.#tellNow({ type: 'session.refreshNeeded', expiresAt }),
      expired: () => this.#connection.close('unauthorized', 'The token does not hold any more.'),
    })
  }

  /** Takes the place that the hello asked for, or holds. */
  begin(): void {
    if (this.#pass.life !== undefined) this.#tokenWatch.renew(this.#pass.life)
    if (this.#greeting.hello.intent === 'join') this.#knock()
    else this.#hold()
  }

  /** One frame of the client. Never throws. */
  read(data: Buffer, isBinary: boolean): void {
    this.#intake.read(data, isBinary)
  }

  /** The socket is gone. `code`: what the peer closed it with. */
  over(code: number): void {
    this.#tokenWatch.stop()
    this.#cancelHold()
    this.#letGo()
    const departure = code === GOING_AWAY ? 'closed' : 'lost'
    this.#submit({ type: 'gone', connection: this.#connection, departure })
  }

  #hold(): void {
    const { iceServers, limits, clock, holds } = this.#parts
    const letGo = holds.take(this.#pass.claims.identity)
    if (letGo === undefined) {
      this.#connection.close('rate_limited', 'Too many connections wait to join.', HOLD_RETRY_MS, { why: 'holds' })
      return
    }
    this.#letGo = letGo
    this.#cancelHold = clock.after(HOLD_MS, () => {
      if (!this.#seated) this.#connection.close('verification_timeout', 'Nobody joined in five minutes.')
    })
    this.#tellNow({ type: 'held', iceServers: [...iceServers], limits })
  }

  #knock(commandId?: number): void {
    const { page, attempt, seq, instance } = this.#greeting.hello
    const { claims, sessionHash } = this.#pass
    const knock = { type: 'join', connection: this.#connection, claims, sessionHash, page, attempt } as const
    const seated = () => {
      this.#seated = true
      this.#letGo()
    }
    this.#submit({
      ...knock,
      seated,
      ...(seq === undefined ? {} : { seq }),
      ...(instance === undefined ? {} : { instance }),
      ...(commandId === undefined ? {} : { commandId }),
    })
  }

  #weigh(message: ClientMessage): void {
    const verdict = this.#budget(message)
    if (verdict.ok) return this.#take(message)
    const { flood, limit, retryAfterMs } = verdict
    if (flood) return this.#connection.close('rate_limited', 'Far too many messages.', retryAfterMs, { why: 'flood' })
    this.#parts.meter.refusal(limit, this.#connection.concerned)
    const error = reject('rate_limited', 'Too many messages at once.', retryAfterMs)
    if ('id' in message) this.#answer(message, error)
    else if (message.type === 'signal')
      this.#connection.tell({ type: 'refused', what: 'signal', to: message.to, error })
    else if (message.type === 'cast') this.#connection.tell({ type: 'refused', what: 'cast', error })
  }

  #take(message: ClientMessage): void {
    if (message.type === 'heartbeat') this.#connection.tell({ type: 'heartbeat' })
    else if (message.type === 'join') this.#join(message)
    else if (message.type === 'leave') this.#leave(message)
    else if (message.type === 'session.refresh') void this.#refresh(message)
    else if (message.type === 'signal') this.#route({ type: 'signal', signal: message })
    else if (message.type === 'cast') this.#route({ type: 'cast', cast: message.cast })
    else this.#command(message)
  }

  #command(command: RoomBound): void {
    this.#ask({ type: 'command', connection: this.#connection, command })
  }

  #route(routable: Extract<RoomInput, { type: 'routable' }>['routable']): void {
    this.#submit({ type: 'routable', connection: this.#connection, routable })
  }

  #join({ id }: MessageOf<'join'>): void {
    if (this.#greeting.hello.intent === 'hold') {
      this.#connection.unanswered.asked()
      this.#knock(id)
    } else this.#deny(id, 'The hello has asked for the place already.')
  }

  #leave({ id }: MessageOf<'leave'>): void {
    if (this.#greeting.hello.intent === 'hold' && !this.#seated) {
      this.#connection.tell({ type: 'reply', re: id, ok: true, seq: 0 })
      this.#connection.end()
    } else this.#ask({ type: 'leave', connection: this.#connection, commandId: id })
  }

  /** A fresh token must be for the same identity; its room was checked with it. What it changes is the room's to decide. */
  async #refresh({ id, token }: MessageOf<'session.refresh'>): Promise<void> {
    const verified = await this.#parts.verify(token, this.#pass.roomId)
    if (!this.#connection.isOpen) return
    if ('goodbye' in verified) return this.#refuseToken(id, verified)
    const { claims, ...life } = verified
    if (claims.sub !== this.#pass.claims.identity) return this.#refuseToken(id, { fault: 'claim sub' })
    this.#pass = { ...this.#pass, claims: claimsOf(claims, this.#greeting.hello.name), life }
    this.#tokenWatch.renew(life)
    if (this.#seated) {
      this.#ask({ type: 'refresh', connection: this.#connection, commandId: id, role: claims.role })
    } else this.#tellNow({ type: 'reply', re: id, ok: true, seq: 0 })
  }

  /** The one it has holds on: until its own end, and half a minute more. */
  #refuseToken(id: number, { goodbye, retryAfterMs, fault }: Partial<RefusedToken>): void {
    const error =
      goodbye === 'unavailable'
        ? reject('unavailable', 'The token could not be verified now.', retryAfterMs)
        : reject('unauthorized', 'The token is not valid for this session.')
    this.#parts.meter.refusal(error.code, { ...this.#connection.concerned, ...(fault === undefined ? {} : { fault }) })
    this.#answer({ type: 'session.refresh', id }, error)
    this.#connection.flush()
  }

  #bad(id: number | undefined): void {
    this.#badMessages++
    this.#parts.meter.refusal('invalid', this.#connection.concerned)
    if (this.#badMessages > BAD_MESSAGES_ALLOWED) return this.#connection.close('bad_frame', 'Too many bad messages.')
    if (id !== undefined) this.#deny(id, 'The message is not one of this protocol, or a value is out of bounds.')
  }

  /** Refuses a command that never came before the room. */
  #answer({ type, id }: { type: Command['type']; id: number }, error: Rejection): void {
    this.#parts.meter.command(type, error.code)
    this.#connection.tell({ type: 'reply', re: id, ok: false, error })
  }

  #deny(id: number, sentence: string): void {
    this.#connection.tell({ type: 'reply', re: id, ok: false, error: reject('invalid', sentence) })
  }

  #tellNow(message: Parameters<SocketConnection['tell']>[0]): void {
    this.#connection.tell(message)
    this.#connection.flush()
  }

  /** What will have a reply. */
  #ask(input: Extract<RoomInput, { type: 'command' | 'leave' | 'refresh' }>): void {
    this.#connection.unanswered.asked()
    this.#submit(input)
  }

  #submit(input: RoomInput): void {
    this.#parts.submit(this.#pass.roomId, input)
  }
}

/** RFC 6455 §7.4.1: a browser navigating away or closing the tab. */
const GOING_AWAY = 1001
