// biome-ignore-all lint/style/noExcessiveLinesPerFile: one state machine, where each method reads or sets the phase; parts with a state of their own are in other files
import { LiveStreamError } from '../errors'
import {
  type Goodbye,
  type GoodbyeCode,
  PROTOCOL_FLOOR,
  PROTOCOL_VERSION,
  type Reply,
  type ServerMessage,
  type ServerMessageOf,
  type Welcome,
} from '../protocol'
import { backoffMs, type ClosePolicy, closePolicyOf, type Ending, errorOf } from './close-policy'
import { Connection } from './connection'
import { helloOf, roomUrl, subprotocolsOf } from './hello'
import { type Aim, type Phase, wasHold } from './phase'
import { sendLeave } from './send-leave'
import type { Sender } from './sender'
import type { SessionEvents, SessionOptions } from './session-ports'
import { TokenRefresh, tokenOf } from './token'

/** After a connection that lasted this long, the next failure counts as the first. */
const STABLE_MS = 10_000
/** A held socket may have died while the page slept. If it does not answer the request for a seat by then, another is opened. */
const HELD_ANSWER_MS = 2_000
/** How long a connection is held for a prejoin screen. A server ends each hold after 5 minutes, and another is opened. */
const KEPT_READY_MS = 30 * 60_000

/**
 * The connection side of one stay in a room: one connection after the other, until the session ends. It does not know what the
 * messages about the room mean.
 */
export class SignalingSession {
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  readonly #sender: Sender
  readonly #refresh: TokenRefresh
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

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
    this.#sender = options.sender
    this.#refresh = new TokenRefresh(options, {
      isCurrent: (connection) => this.#isCurrent(connection),
      isHeld: () => this.#phase.type === 'held',
      log: events.log,
    })
  }

  /** Holds a connection for a while, so that `start()` needs no new one. After that, or if none can be held, the session is idle. */
  prepare(): void {
    this.#readyUntil = this.#options.clock.now() + KEPT_READY_MS
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
    if (phase.type === 'held') this.#ask(phase.connection)
    if (phase.type === 'idle' || phase.type === 'waiting') void this.#connect()
  }

  #listen(): void {
    const { clock, page, joinTimeoutMs } = this.#options
    this.#stopListening()
    this.#stop = [page.on('wake', () => this.#wake()), clock.after(joinTimeoutMs, () => this.#joinTimedOut())]
  }

  /** Events are missing: connects again, and `position()` then asks for a snapshot. */
  resync(): void {
    if (this.#phase.type === 'connected') this.#disconnected(this.#phase.connection, {}, 'events are missing')
  }

  /**
   * Gives the seat up: no event follows, and what waits fails with `aborted`. Resolves when the server has answered, or after a
   * second. Idempotent.
   */
  leave(): Promise<void> {
    const phase = this.#phase
    this.#close(new LiveStreamError('aborted', 'The room was left.'))
    return this.#leaveBy(phase)
  }

  #leaveBy(phase: Phase): Promise<void> {
    if (!('connection' in phase)) return Promise.resolve()
    const commandId = phase.type === 'connecting' ? undefined : this.#sender.nextId()
    const left = sendLeave(phase.connection, commandId, this.#options.clock)
    return commandId === undefined ? Promise.resolve() : left
  }

  async #connect(): Promise<void> {
    this.#stopWaiting()
    const authorizing: Phase = { type: 'authorizing' }
    this.#phase = authorizing
    const { token: source, clock } = this.#options
    try {
      const token = await tokenOf(source, clock)
      if (this.#phase === authorizing) this.#open(token)
    } catch (error) {
      if (this.#phase === authorizing) this.#couldNotConnect(error)
    }
  }

  /** @throws LiveStreamError `hello_too_large`, `not_supported` */
  #open(token: string | undefined): void {
    const { base, room, clock, WebSocket } = this.#options
    const intent = this.#aim === 'join' ? 'join' : 'hold'
    const hello = helloOf(this.#options, { intent, token, position: this.#events.position() })
    const options = { WebSocket: WebSocket(), url: roomUrl(base, room), protocols: subprotocolsOf(hello), clock }
    const connection: Connection = new Connection(options, {
      opened: () => {
        this.#reachedServer = true
        this.#events.log('debug', 'the server took the socket')
      },
      messages: (messages) => this.#received(connection, messages),
      ended: (ending, detail) => this.#disconnected(connection, ending, detail),
    })
    this.#phase = { type: 'connecting', connection, intent }
  }

  /** There is no socket without a token and a hello. Only a missing token is worth another try, and only for a joined session. */
  #couldNotConnect(cause: unknown): void {
    if (this.#aim === 'keep') return this.#rest()
    const error =
      cause instanceof LiveStreamError
        ? cause
        : new LiveStreamError('invalid_options', 'The WebSocket could not be made.', { cause })
    if (error.code !== 'token_unavailable' || this.#seat === undefined) return this.#end(error, undefined)
    this.#retry({}, false)
  }

  #received(connection: Connection, messages: ServerMessage[]): void {
    for (const message of messages) {
      if (!this.#isCurrent(connection)) return
      this.#take(message, connection)
    }
    if (this.#phase.type === 'connected') this.#events.frameEnd()
  }

  #take(message: ServerMessage, connection: Connection): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcomed(message, connection)
      case 'held':
        return this.#held(message, connection)
      case 'reply':
        return this.#answered(message, connection)
      case 'goodbye':
        return this.#dismissed(message, connection)
      case 'session.refreshNeeded':
        return void this.#refresh.run(connection)
      case 'heartbeat':
        return
      default:
        if (this.#phase.type === 'connected') this.#events.message(message)
    }
  }

  #held({ limits }: ServerMessageOf<'held'>, connection: Connection): void {
    if (this.#phase.type !== 'connecting') return
    this.#freshTokenTried = false
    connection.welcomed(limits.maxFrameBytes)
    // `join()` was called while the server checked the token.
    if (this.#aim === 'join') return this.#ask(connection)
    this.#aim = 'keep'
    this.#phase = { type: 'held', connection, since: this.#options.clock.now() }
    this.#events.prepared()
  }

  #ask(connection: Connection): void {
    const commandId = this.#sender.nextId()
    this.#phase = { type: 'asking', connection, commandId }
    connection.send({ type: 'join', id: commandId })
    connection.probe(HELD_ANSWER_MS)
  }

  /** If the server rejects a request for a seat, it keeps the connection held. A hello would get a goodbye; this is treated alike. */
  #answered(reply: Reply, connection: Connection): void {
    const phase = this.#phase
    if (phase.type !== 'asking' || reply.re !== phase.commandId || reply.ok) return this.#sender.answered(reply)
    const { message: reason, retryAfterMs } = reply.error
    this.#disconnected(connection, { code: 'unavailable', reason, retryAfterMs }, reason)
  }

  #welcomed(welcome: Welcome, connection: Connection): void {
    if (this.#phase.type !== 'connecting' && this.#phase.type !== 'asking') return
    if (welcome.protocol > PROTOCOL_VERSION || welcome.protocol < PROTOCOL_FLOOR) {
      connection.close()
      return this.#end(errorOf('unsupported_version'), 'unsupported_version')
    }
    const { self, instance } = welcome
    const sameSession = this.#seat?.self === self && this.#seat.instance === instance
    this.#phase = { type: 'connected', connection, since: this.#options.clock.now() }
    this.#seat = { self, instance }
    this.#freshTokenTried = false
    connection.welcomed(welcome.limits.maxFrameBytes)
    this.#sender.connected(connection, welcome, sameSession)
    if (welcome.confirm) connection.send({ type: 'join', id: this.#sender.nextId() })
    this.#events.welcome(welcome)
  }

  #dismissed(goodbye: Goodbye, connection: Connection): void {
    if (this.#phase.type === 'connected') this.#events.frameEnd()
    this.#events.goodbye(goodbye)
    this.#disconnected(connection, goodbye, `goodbye: ${goodbye.code}`)
  }

  #disconnected(connection: Connection, ending: Ending, detail: string): void {
    if (!this.#isCurrent(connection)) return
    const phase = this.#phase
    connection.close()
    this.#refresh.cancel()
    this.#sender.disconnected(ending.unsendable ?? false)
    this.#events.log('info', 'the connection ended', { detail })
    this.#lastFailure = ending.code === undefined ? new Error(detail) : errorOf(ending.code, ending)
    if ('since' in phase && this.#options.clock.now() - phase.since >= STABLE_MS) this.#failures = 0
    this.#goOn(ending, phase)
  }

  #goOn(ending: Ending, phase: Phase): void {
    const freshTokenLeft = typeof this.#options.token === 'function' && !this.#freshTokenTried
    const policy = closePolicyOf(ending, { joined: this.#seat !== undefined, freshTokenLeft })
    if (this.#mayRest(ending, policy)) return this.#rest()
    if (policy.type === 'final') return this.#end(policy.error, policy.code)
    if (policy.type === 'freshToken') this.#freshTokenTried = true
    if (this.#aim === 'join' && wasHold(phase, ending)) return void this.#connect()
    this.#retry(ending, policy.type === 'retry' && policy.slowly)
  }

  #retry({ retryAfterMs }: Ending, slowly: boolean): void {
    const { clock, random } = this.#options
    const retryInMs = backoffMs(this.#failures++, random(), { slowly, retryAfterMs })
    const cancel = clock.after(retryInMs, () => void this.#connect())
    this.#phase = { type: 'waiting', cancel, urgent: !slowly && retryAfterMs === undefined }
    this.#events.waiting({ attempt: this.#failures, retryInMs })
  }

  /** Whether to hold no other connection: the time for that is over, or the server accepts no more. `join()` opens its own. */
  #mayRest({ code }: Ending, { type }: ClosePolicy): boolean {
    if (this.#aim === 'keep') return type === 'final' || this.#options.clock.now() >= this.#readyUntil
    return this.#aim === 'prepare' && code === 'rate_limited'
  }

  #rest(): void {
    this.#aim = 'keep'
    this.#phase = { type: 'idle' }
    this.#events.prepared()
  }

  #wake(): void {
    if ('since' in this.#phase) this.#phase.connection.probe()
    if (this.#phase.type === 'waiting' && this.#phase.urgent) void this.#connect()
  }

  #joinTimedOut(): void {
    if (this.#seat !== undefined || this.#aim === 'keep') return
    const details = { retryable: true, cause: this.#lastFailure }
    const error = this.#reachedServer
      ? new LiveStreamError('timeout', 'The room could not be joined in time.', details)
      : new LiveStreamError('unreachable', 'The server cannot be reached.', details)
    void this.#leaveBy(this.#phase)
    this.#end(error, undefined)
  }

  #end(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#close(error)
    this.#events.ended(error, code)
  }

  #close(error: LiveStreamError): void {
    this.#stopWaiting()
    this.#phase = { type: 'ended' }
    this.#stopListening()
    this.#refresh.cancel()
    this.#sender.close(error)
  }

  #stopListening(): void {
    for (const stop of this.#stop.splice(0)) stop()
  }

  #stopWaiting(): void {
    if (this.#phase.type === 'waiting') this.#phase.cancel()
  }

  #isCurrent(connection: Connection): boolean {
    return 'connection' in this.#phase && this.#phase.connection === connection
  }
}
