import { LiveStreamError } from '../errors'
import { type GoodbyeCode, PROTOCOL_FLOOR, PROTOCOL_VERSION, type Welcome } from '../protocol'
import { type Aim, backoffMs, closePolicyOf, type Ending, errorOf, joinTimeout, mayGoIdle } from './close-policy'
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
  | { readonly type: 'idle' | 'authorizing' | 'ended' }
  | { readonly type: 'open'; readonly connection: RoomConnection }
  /** `urgent`: a page that wakes up may try at once, as the server has not asked to wait. */
  | { readonly type: 'waiting'; readonly cancel: () => void; readonly urgent: boolean }

/**
 * The connection side of one stay in a room: one connection after the other, until the session ends. It decides when to open the
 * next one, and when to give up.
 */
export class SignalingSession {
  readonly #ports: SessionPorts
  readonly #events: SessionEvents
  #phase: Phase = { type: 'idle' }
  #aim: Aim = 'prepare'
  #readyUntil = 0
  /** Our participant and the instance, since the first welcome. */
  #seat: { readonly self: string; readonly instance: string } | undefined
  #failures = 0
  #freshTokenTried = false
  #reachedServer = false
  #lastFailure: unknown
  #stop: (() => void)[] = []

  constructor(ports: SessionPorts, events: SessionEvents) {
    this.#ports = ports
    this.#events = events
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
    this.#failures = 0
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
    this.#stopWaiting()
    const authorizing: Phase = { type: 'authorizing' }
    this.#phase = authorizing
    const { token: source, clock } = this.#ports
    try {
      const token = await tokenOf(source, clock)
      if (this.#phase === authorizing) this.#open(token)
    } catch (error) {
      if (this.#phase === authorizing) this.#couldNotConnect(error)
    }
  }

  /** @throws LiveStreamError `hello_too_large`, `not_supported` */
  #open(token: string | undefined): void {
    const intent = this.#aim === 'join' ? 'join' : 'hold'
    const opening = { intent, token, position: this.#events.position() } as const
    const connection: RoomConnection = new RoomConnection(this.#ports, opening, this.#events, {
      opened: () => {
        this.#reachedServer = true
      },
      held: () => this.#held(connection),
      welcomed: (welcome) => this.#welcomed(welcome, connection),
      ended: (ending, detail) => this.#disconnected(connection, ending, detail),
    })
    this.#phase = { type: 'open', connection }
  }

  /** There is no socket without a token and a hello. Only a missing token is worth another try, and only for a joined session. */
  #couldNotConnect(cause: unknown): void {
    if (this.#aim === 'keep') return this.#goIdle()
    const error =
      cause instanceof LiveStreamError
        ? cause
        : new LiveStreamError('invalid_options', 'The WebSocket could not be made.', { cause })
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
    const { since = Number.POSITIVE_INFINITY } = connection
    this.#lastFailure = ending.code === undefined ? new Error(detail) : errorOf(ending.code, ending)
    const now = this.#ports.clock.now()
    if (now - since >= STABLE_MS) this.#failures = 0
    const freshTokenLeft = typeof this.#ports.token === 'function' && !this.#freshTokenTried
    const policy = closePolicyOf(ending, { joined: this.#seat !== undefined, freshTokenLeft })
    if (mayGoIdle(this.#aim, now >= this.#readyUntil, ending, policy)) return this.#goIdle()
    if (policy.type === 'final') return this.#end(policy.error, policy.code)
    if (policy.type === 'freshToken') this.#freshTokenTried = true
    if (this.#aim === 'join' && connection.wasHold(ending)) return void this.#connect()
    this.#retry(ending, policy.type === 'retry' && policy.slowly)
  }

  #retry({ retryAfterMs }: Ending, slowly: boolean): void {
    const { clock, random } = this.#ports
    const retryInMs = backoffMs(this.#failures++, random(), { slowly, retryAfterMs })
    const cancel = clock.after(retryInMs, () => void this.#connect())
    this.#phase = { type: 'waiting', cancel, urgent: !slowly && retryAfterMs === undefined }
    this.#events.waiting({ attempt: this.#failures, retryInMs })
  }

  #goIdle(): void {
    this.#aim = 'keep'
    this.#phase = { type: 'idle' }
    this.#events.prepared()
  }

  #wake(): void {
    if (this.#phase.type === 'open') this.#phase.connection.wake()
    if (this.#phase.type === 'waiting' && this.#phase.urgent) void this.#connect()
  }

  #joinTimedOut(): void {
    if (this.#seat !== undefined || this.#aim === 'keep') return
    if (this.#phase.type === 'open') void this.#phase.connection.leave()
    this.#end(joinTimeout(this.#reachedServer, this.#lastFailure), undefined)
  }

  #end(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#close(error)
    this.#events.ended(error, code)
  }

  #close(error: LiveStreamError): void {
    this.#stopWaiting()
    this.#phase = { type: 'ended' }
    this.#stopListening()
    this.#ports.sender.close(error)
  }

  #stopListening(): void {
    for (const stop of this.#stop.splice(0)) stop()
  }

  #stopWaiting(): void {
    if (this.#phase.type === 'waiting') this.#phase.cancel()
  }
}
