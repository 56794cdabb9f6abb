import { LiveStreamError } from '../errors'
import { type GoodbyeCode, PROTOCOL_FLOOR, PROTOCOL_VERSION, type Welcome } from '../protocol'
import { type Aim, closePolicyOf, type Ending, errorOf, joinTimeout, mayGoIdle, openingError } from './close-policy'
import { Pace } from './pace'
import { RoomConnection } from './room-connection'
import type { SessionEvents, SessionPorts } from './session-ports'
import { tokenOf } from './token'

/** After a connection that lasted this long, the next failure counts as the first. */
const STABLE_MS = 10_000
/** How long a connection is held for a prejoin screen. A server ends each hold after 5 minutes, and another is opened. */
const KEPT_READY_MS = 30 * 60_000

/** The phase of a session, from its first call to its end. */
type Phase =
  /** `idle`: not begun, or no connection can be held now. */
  | { readonly type: 'idle' | 'authorizing' | 'waiting' | 'ended' }
  | { readonly type: 'open'; readonly connection: RoomConnection }

/**
 * The connection side of one stay in a room: one connection after the other, until the session ends. It decides when to open the
 * next one, and when to give up.
 */
export class SignalingSession {
  readonly #ports: SessionPorts
  readonly #events: SessionEvents
  readonly #pace: Pace
  #phase: Phase = { type: 'idle' }
  #aim: Aim = 'prepare'
  #readyUntil = 0
  /** Our participant and the instance, since the first welcome. */
  #seat: { readonly self: string; readonly instance: string } | undefined
  #freshTokenTried = false
  #lastFailure: unknown
  #stop: (() => void)[] = []

  constructor(ports: SessionPorts, events: SessionEvents) {
    this.#ports = ports
    this.#events = events
    this.#pace = new Pace(ports)
  }

  /** Holds a connection for a while, so that `start()` needs no new one. After that, or if none can be held, the session is idle. */
  prepare(): void {
    this.#readyUntil = this.#ports.clock.now() + KEPT_READY_MS
    if (this.#phase.type !== 'idle') return
    this.#listen()
    void this.#connect()
  }

  /** Takes a seat, over the held connection or a new one. Connects again until the session has ended. */
  start(): void {
    const phase = this.#phase
    if (phase.type === 'ended') return
    this.#aim = 'join'
    this.#pace.restart()
    this.#freshTokenTried = false
    this.#listen()
    if (phase.type === 'open' && phase.connection.phase === 'held') phase.connection.requestSeat()
    if (phase.type === 'idle' || phase.type === 'waiting') void this.#connect()
  }

  #listen(): void {
    const { clock, page, joinTimeoutMs } = this.#ports
    this.#stopListening()
    this.#stop = [page.on('wake', () => this.#wake()), clock.after(joinTimeoutMs, () => this.#joinTimedOut())]
  }

  /** A link has fallen silent: is the server still there? */
  check(): void {
    if (this.#phase.type === 'open') this.#phase.connection.check()
  }

  /** Whether all links have fallen silent. Then connections are tried without a backoff, and given up sooner, until links are back. */
  hurry(hurries: boolean): void {
    this.#pace.hurry(hurries)
  }

  /** Events are missing: connects again, and `position()` then asks for a snapshot. */
  resync(): void {
    const phase = this.#phase
    if (phase.type === 'open' && phase.connection.phase === 'connected') phase.connection.end({}, 'events are missing')
  }

  /**
   * Gives the seat up: no event follows, and what waits fails with `aborted`. Resolves when the server has answered, or after a
   * second. Idempotent.
   */
  leave(): Promise<void> {
    const phase = this.#phase
    this.#close(new LiveStreamError('aborted', 'The room was left.'))
    return phase.type === 'open' ? phase.connection.leave() : Promise.resolve()
  }

  async #connect(): Promise<void> {
    this.#pace.begin()
    const authorizing: Phase = { type: 'authorizing' }
    this.#phase = authorizing
    const { token: source, clock } = this.#ports
    try {
      const token = await tokenOf(source, clock, this.#pace.limitMs)
      if (this.#phase === authorizing) this.#open(token)
    } catch (error) {
      if (this.#phase === authorizing) this.#couldNotConnect(error)
    }
  }

  /** @throws LiveStreamError `hello_too_large`, `not_supported` */
  #open(token: string | undefined): void {
    const intent = this.#aim === 'join' ? 'join' : 'hold'
    const opening = { intent, token, position: this.#events.position(), limitMs: this.#pace.limitMs } as const
    const connection: RoomConnection = new RoomConnection(this.#ports, opening, this.#events, {
      opened: () => this.#pace.opened(),
      held: () => this.#held(connection),
      welcomed: (welcome) => this.#welcomed(welcome, connection),
      ended: (ending, detail) => this.#disconnected(connection, ending, detail),
    })
    this.#phase = { type: 'open', connection }
  }

  /** There is no socket without a token and a hello. Only a missing token is worth another try, and only for a joined session. */
  #couldNotConnect(cause: unknown): void {
    if (this.#aim === 'keep') return this.#goIdle()
    const error = openingError(cause)
    if (error.code !== 'token_unavailable' || this.#seat === undefined) return this.#end(error, undefined)
    this.#retry({}, false)
  }

  #held(connection: RoomConnection): void {
    this.#freshTokenTried = false
    // `join()` was called while the server checked the token.
    if (this.#aim === 'join') return connection.requestSeat()
    this.#aim = 'keep'
    this.#events.prepared()
  }

  #welcomed(welcome: Welcome, connection: RoomConnection): void {
    if (welcome.protocol > PROTOCOL_VERSION || welcome.protocol < PROTOCOL_FLOOR) {
      connection.close()
      return this.#end(errorOf('unsupported_version'), 'unsupported_version')
    }
    const { self, instance } = welcome
    const sameSession = this.#seat?.self === self && this.#seat.instance === instance
    this.#seat = { self, instance }
    this.#freshTokenTried = false
    connection.seated(welcome, sameSession)
    this.#events.welcome(welcome, connection.hasOffered)
  }

  #disconnected(connection: RoomConnection, ending: Ending, detail: string): void {
    // The app's logger is told of the end first, and may have left the room.
    if (this.#phase.type !== 'open' || this.#phase.connection !== connection) return
    this.#events.disconnected()
    this.#lastFailure = ending.code === undefined ? new Error(detail) : errorOf(ending.code, ending)
    const now = this.#ports.clock.now()
    if (now - (connection.since ?? now) >= STABLE_MS) this.#pace.restart()
    const freshTokenLeft = typeof this.#ports.token === 'function' && !this.#freshTokenTried
    const policy = closePolicyOf(ending, { joined: this.#seat !== undefined, freshTokenLeft })
    if (mayGoIdle(this.#aim, now >= this.#readyUntil, ending, policy)) return this.#goIdle()
    if (policy.type === 'final') return this.#end(policy.error, policy.code)
    if (policy.type === 'freshToken') this.#freshTokenTried = true
    if (this.#aim === 'join' && connection.wasHold(ending)) return void this.#connect()
    this.#retry(ending, policy.type === 'retry' && policy.slowly)
  }

  #retry(ending: Ending, slowly: boolean): void {
    this.#phase = { type: 'waiting' }
    const retryInMs = this.#pace.wait(ending, slowly, () => void this.#connect())
    this.#events.waiting({ attempt: this.#pace.attempts, retryInMs })
  }

  #goIdle(): void {
    this.#aim = 'keep'
    this.#phase = { type: 'idle' }
    this.#events.disconnected()
    this.#events.prepared()
  }

  #wake(): void {
    if (this.#phase.type === 'open') this.#phase.connection.wake()
    this.#pace.skip()
  }

  #joinTimedOut(): void {
    if (this.#seat !== undefined || this.#aim === 'keep') return
    if (this.#phase.type === 'open') void this.#phase.connection.leave()
    this.#end(joinTimeout(this.#pace.hasOpened, this.#lastFailure), undefined)
  }

  #end(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#close(error)
    this.#events.ended(error, code)
  }

  #close(error: LiveStreamError): void {
    this.#pace.cancel()
    this.#phase = { type: 'ended' }
    this.#stopListening()
    this.#ports.sender.close(error)
  }

  #stopListening(): void {
    for (const stop of this.#stop.splice(0)) stop()
  }
}
