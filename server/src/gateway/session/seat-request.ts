import type { Hello, IceServer, Limits } from '@peerstage/sdk/protocol'
import type { Offer, RoomInput } from '../../hosting/input'
import type { Clock } from '../../ports/clock'
import type { Principal } from '../handshake/principal'
import type { HoldQuota } from '../limits/hold-quota'
import type { SocketConnection } from '../socket/socket-connection'

/** When who holds too often may try again: by then a lost socket has been noticed. */
const HOLD_RETRY_MS = 30_000

/** From a welcome that is to be confirmed to the confirmation: one way there and back, on bad networks too. */
const OFFER_MS = 10_000

export type SeatRequestPorts = {
  readonly clock: Clock
  readonly holds: HoldQuota
  readonly limits: Limits
  /** Those for a first frame, made for it. */
  readonly iceServers: () => IceServer[]
  /** To its room. */
  readonly submit: (input: RoomInput) => void
  /** Told when it has its first frame: the client is held, or has its place. May be told of both, one after the other. */
  readonly settled: () => void
}

/** A connection's place in its room: not wanted yet (it holds), asked for, or taken. */
export class SeatRequest {
  readonly #parts: SeatRequestPorts
  readonly #connection: SocketConnection
  readonly #hello: Hello
  #isAsked = false
  #isTaken = false
  #offer: Offer | undefined
  #cancelHold = () => {}
  #letGo = () => {}

  constructor(parts: SeatRequestPorts, connection: SocketConnection, hello: Hello) {
    this.#parts = parts
    this.#connection = connection
    this.#hello = hello
  }

  /** Whether the room has been asked for it, whatever it has answered so far. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  get isTaken(): boolean {
    return this.#isTaken
  }

  /** Whether the client was welcomed to it, and has to confirm that. */
  get isOffered(): boolean {
    return this.#offer !== undefined
  }

  /** Whether the client asks for it by a command; else its hello has done so. */
  get isByCommand(): boolean {
    return this.#hello.intent === 'hold' || this.isOffered
  }

  /** Waits for the client's word, but not for ever. */
  hold(identity: string): void {
    const { iceServers, limits, clock, holds, settled } = this.#parts
    const letGo = holds.take(identity)
    if (letGo === undefined) {
      this.#connection.close('rate_limited', 'Too many connections wait to join.', HOLD_RETRY_MS, { why: 'holds' })
      return
    }
    this.#letGo = letGo
    this.#cancelHold = clock.after(limits.holdMs, () => {
      if (!this.#isTaken) this.#connection.close('verification_timeout', 'The held connection did not join in time.')
    })
    this.#connection.sendNow({ type: 'held', iceServers: iceServers(), limits })
    settled()
  }

  /** Asks the room for it. `commandId`: of the command that is answered then. */
  ask({ claims, sessionHash }: Principal, commandId?: number): void {
    this.#isAsked = true
    const offer = this.#offer
    this.#offer = undefined
    const { joinId, attempt, seq, instance } = offer === undefined ? this.#hello : { ...this.#hello, ...offer }
    const knock = { type: 'join', connection: this.#connection, claims, sessionHash, joinId, attempt } as const
    const seated = () => {
      this.#isTaken = true
      this.#letGo()
      this.#parts.settled()
    }
    this.#parts.submit({
      ...knock,
      seated,
      offered: (offered) => this.#offered(offered),
      ...(offer === undefined ? {} : { offer }),
      iceServers: this.#parts.iceServers(),
      ...(seq === undefined ? {} : { seq }),
      ...(instance === undefined ? {} : { instance }),
      ...(commandId === undefined ? {} : { commandId }),
    })
  }

  #offered(offer: Offer): void {
    this.#offer = offer
    this.#isAsked = false
    this.#cancelHold()
    this.#cancelHold = this.#parts.clock.after(OFFER_MS, () => {
      if (!this.#isTaken) this.#connection.close('verification_timeout', 'The welcome was not confirmed in time.')
    })
    this.#parts.settled()
  }

  /** The connection is gone: it holds no more. */
  leave(): void {
    this.#cancelHold()
    this.#letGo()
  }
}
