import type { Edge, Limits, OfferBody, SignalUp } from '@peerstage/sdk/protocol'
import type { Offer, RoomInput } from '../../hosting/input'
import type { Clock } from '../../ports/clock'
import { NOTHING } from '../../ports/clock'
import type { SeatHello } from '../handshake/hello'
import type { Principal } from '../handshake/principal'
import type { HoldQuota } from '../limits/hold-quota'
import type { SocketConnection } from '../socket/socket-connection'
import type { IceServers } from './ice-servers'

/** When an identity that holds too often may try again: by then a lost socket has been noticed. */
const HOLD_RETRY_MS = 30_000

/** From a welcome that is to be confirmed to the confirmation: one way there and back, on bad networks too. */
const OFFER_MS = 10_000

export type SeatRequestPorts = {
  readonly clock: Clock
  readonly holds: HoldQuota
  readonly limits: Limits
  readonly submit: (roomId: string, input: RoomInput) => void
}

type SeatState =
  /** `unrequested`: the room has not been asked: the client holds, or its hello has just come. `requested`: it has, whatever it has answered so far. */
  | { readonly type: 'unrequested' | 'requested'; readonly asked: SeatHello }
  /** The client was welcomed to a seat that another stay of its identity has, and has to confirm that by a `join`. */
  | { readonly type: 'offered'; readonly asked: SeatHello; readonly offer: Offer }
  | typeof SEATED

/** One for all: most connections are in this state, and for long. */
const SEATED = { type: 'seated' } as const

export interface SeatEvents {
  /** The client has its first frame: it is held, was offered a seat, or has one. Called for each of these. */
  answered(): void
  /** It has its seat, and its offer is to be passed on as this signal. */
  offered(signal: SignalUp): void
}

/** A connection on its way to a seat in its room. */
export class SeatRequest {
  readonly #ports: SeatRequestPorts
  readonly #connection: SocketConnection
  readonly #iceServers: IceServers
  readonly #events: SeatEvents
  #state: SeatState
  #cancelDeadline = NOTHING
  #releaseHold = NOTHING

  constructor(
    ports: SeatRequestPorts,
    connection: SocketConnection,
    asked: SeatHello,
    iceServers: IceServers,
    events: SeatEvents,
  ) {
    this.#ports = ports
    this.#connection = connection
    this.#state = { type: 'unrequested', asked }
    this.#iceServers = iceServers
    this.#events = events
  }

  get state(): SeatState['type'] {
    return this.#state.type
  }

  /** Whether the client asks for it by a `join`; else its hello has done so. */
  get isByCommand(): boolean {
    const state = this.#state
    return state.type === 'offered' || (state.type !== 'seated' && state.asked.intent === 'hold')
  }

  /** Waits for the client's `join`, for at most `limits.holdMs`. */
  hold(identity: string): void {
    const { limits, holds } = this.#ports
    const result = holds.acquire(identity)
    if (!result.ok) {
      this.#connection.close('rate_limited', 'Too many connections wait to join.', HOLD_RETRY_MS, { why: result.error })
      return
    }
    this.#releaseHold = result.release
    this.#closeAfter(limits.holdMs, 'The held connection did not join in time.')
    this.#connection.sendNow({ type: 'held', iceServers: this.#iceServers.take(), limits })
    this.#events.answered()
  }

  /** Asks the room for it. `commandId`: of the command that is answered then; `early`: the offer in it. */
  request({ roomId, claims, sessionHash }: Principal, commandId?: number, early?: OfferBody): void {
    const state = this.#state
    if (state.type === 'seated') return
    const { asked } = state
    const offer = state.type === 'offered' ? state.offer : undefined
    this.#state = { type: 'requested', asked }
    const { joinId, attempt, seq, instance } = offer === undefined ? asked : { ...asked, ...offer }
    const request = { type: 'join', connection: this.#connection, claims, sessionHash, joinId, attempt } as const
    this.#ports.submit(roomId, {
      ...request,
      seated: (edge) => this.#seated(edge && early && signalOn(edge, early)),
      offered: (offered) => this.#offered(asked, offered),
      ...(offer === undefined ? {} : { offer }),
      iceServers: this.#iceServers.take(),
      ...(seq === undefined ? {} : { seq }),
      ...(instance === undefined ? {} : { instance }),
      ...(commandId === undefined ? {} : { commandId }),
    })
  }

  /** The connection is gone: it holds no more. */
  stop(): void {
    this.#cancelDeadline()
    this.#releaseHold()
  }

  #seated(signal: SignalUp | undefined): void {
    this.#state = SEATED
    this.stop()
    this.#events.answered()
    if (signal !== undefined) this.#events.offered(signal)
  }

  #offered(asked: SeatHello, offer: Offer): void {
    this.#state = { type: 'offered', asked, offer }
    this.#closeAfter(OFFER_MS, 'The welcome was not confirmed in time.')
    this.#events.answered()
  }

  #closeAfter(ms: number, reason: string): void {
    this.#cancelDeadline()
    this.#cancelDeadline = this.#ports.clock.after(ms, () => this.#connection.close('verification_timeout', reason))
  }
}

/** What the newcomer would send itself, were it not for the time until it has its welcome. */
const signalOn = ({ answerer, born }: Edge, body: OfferBody): SignalUp => ({
  type: 'signal',
  to: answerer,
  epoch: { born, n: 0 },
  order: 0,
  body,
})
