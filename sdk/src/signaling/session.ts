// biome-ignore-all lint/style/noExcessiveLinesPerFile: the phases of a connection, and what leads from one to the next, are read together
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
import { backoffMs } from './backoff'
import { type ClosePolicy, closePolicyOf, type Ending, errorOf } from './close-policy'
import { Connection } from './connection'
import { helloOf, roomUrl, subprotocolsOf } from './hello'
import { type Aim, type Phase, wasHold } from './phase'
import { sendLeave } from './send-leave'
import type { Sender } from './sender'
import type { SessionEvents, SessionOptions } from './session-ports'
import { tokenOf } from './token'
import { TokenRefresh } from './token-refresh'

/** A connection that held so long was a good one: the next failure counts as the first. */
const STABLE_MS = 10_000
/** A held socket may have died unnoticed, in a page that slept: asked for the place it shows life by then, or another is opened. */
const HELD_ANSWER_MS = 2_000
/** For so long a prejoin screen is kept ready; a server ends each hold after 5 minutes. Joining later costs what it costs without. */
const KEPT_READY_MS = 30 * 60_000

/**
 * One stay in a room as the wire sees it: connections come and go, the session goes on until it has ended. It does not
 * know what a room is.
 */
export class SignalingSession {
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  readonly #sender: Sender
  readonly #refresh: TokenRefresh
  #phase: Phase = { name: 'idle' }
  #aim: Aim = 'prepare'
  #readyUntil = 0
  /** Who we are in which instance, since the first welcome. */
  #place: { readonly self: string; readonly instance: string } | undefined
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
      isHeld: () => this.#phase.name === 'held',
      log: events.log,
    })
  }

  /** Holds a connection, so that `start()` needs no new one. Keeps it for a while; then, or where none can be held, it rests. */
  prepare(): void {
    this.#readyUntil = this.#options.clock.now() + KEPT_READY_MS
    if (this.#phase.name !== 'idle') return
    this.#listen()
    void this.#connect()
  }

  /** Takes a place: by what is held, or by a new connection. Goes on until the session has ended. */
  start(): void {
    const phase = this.#phase
    if (phase.name === 'ended') return
    this.#aim = 'join'
    this.#failures = 0
    this.#freshTokenTried = false
    this.#listen()
    if (phase.name === 'held') this.#ask(phase.connection)
    if (phase.name === 'idle' || phase.name === 'waiting') void this.#connect()
  }

  #listen(): void {
    const { clock, page, joinTimeoutMs } = this.#options
    this.#stopListening()
    this.#stop = [page.on('wake', () => this.#wake()), clock.after(joinTimeoutMs, () => this.#joinTimedOut())]
  }

  /** What came does not follow what is here: connects anew, and `position()` then asks for a snapshot. */
  resync(): void {
    if (this.#phase.name === 'connected') this.#disconnected(this.#phase.connection, {}, 'events are missing')
  }

  /**
   * Gives the place up: nothing is told any more, and what waits fails as `aborted`. Resolves when the server has
   * answered, or after a second. Idempotent.
   */
  leave(): Promise<void> {
    const phase = this.#phase
    this.#close(new LiveStreamError('aborted', 'The room was left.'))
    return this.#bidFarewell(phase)
  }

  #bidFarewell(phase: Phase): Promise<void> {
    if (!('connection' in phase)) return Promise.resolve()
    const commandId = phase.name === 'connecting' ? undefined : this.#sender.nextId()
    const left = sendLeave(phase.connection, commandId, this.#options.clock)
    return commandId === undefined ? Promise.resolve() : left
  }

  async #connect(): Promise<void> {
    this.#stopWaiting()
    const authorizing: Phase = { name: 'authorizing' }
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
    this.#phase = { name: 'connecting', connection, intent }
  }

  /** Without token or hello there is no socket. Only a token may be had later, and only who is in the room waits for that. */
  #couldNotConnect(cause: unknown): void {
    if (this.#aim === 'keep') return this.#rest()
    const error =
      cause instanceof LiveStreamError
        ? cause
        : new LiveStreamError('invalid_options', 'The WebSocket could not be made.', { cause })
    if (error.code !== 'token_unavailable' || this.#place === undefined) return this.#end(error, undefined)
    this.#retry({}, false)
  }

  #received(connection: Connection, messages: ServerMessage[]): void {
    for (const message of messages) {
      if (!this.#isCurrent(connection)) return
      this.#take(message, connection)
    }
    if (this.#phase.name === 'connected') this.#events.frameEnd()
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
        if (this.#phase.name === 'connected') this.#events.message(message)
    }
  }

  #held({ limits }: ServerMessageOf<'held'>, connection: Connection): void {
    if (this.#phase.name !== 'connecting') return
    this.#freshTokenTried = false
    connection.welcomed(limits.maxFrameBytes)
    // `join()` was called while the server looked at the token.
    if (this.#aim === 'join') return this.#ask(connection)
    this.#aim = 'keep'
    this.#phase = { name: 'held', connection, since: this.#options.clock.now() }
    this.#events.prepared()
  }

  #ask(connection: Connection): void {
    const commandId = this.#sender.nextId()
    this.#phase = { name: 'asking', connection, commandId }
    connection.send({ type: 'join', id: commandId })
    connection.probe(HELD_ANSWER_MS)
  }

  /** A place that is rejected for now leaves the connection held; what a hello hears in its place is a goodbye, and so is this. */
  #answered(reply: Reply, connection: Connection): void {
    const phase = this.#phase
    if (phase.name !== 'asking' || reply.re !== phase.commandId || reply.ok) return this.#sender.answered(reply)
    const { message: reason, retryAfterMs } = reply.error
    this.#disconnected(connection, { code: 'unavailable', reason, retryAfterMs }, reason)
  }

  #welcomed(welcome: Welcome, connection: Connection): void {
    if (this.#phase.name !== 'connecting' && this.#phase.name !== 'asking') return
    if (welcome.protocol > PROTOCOL_VERSION || welcome.protocol < PROTOCOL_FLOOR) {
      connection.close()
      return this.#end(errorOf('unsupported_version'), 'unsupported_version')
    }
    const { self, instance } = welcome
    const sameSession = this.#place?.self === self && this.#place.instance === instance
    this.#phase = { name: 'connected', connection, since: this.#options.clock.now() }
    this.#place = { self, instance }
    this.#freshTokenTried = false
    connection.welcomed(welcome.limits.maxFrameBytes)
    this.#sender.connected(connection, welcome, sameSession)
    if (welcome.confirm) connection.send({ type: 'join', id: this.#sender.nextId() })
    this.#events.welcome(welcome)
  }

  #dismissed(goodbye: Goodbye, connection: Connection): void {
    if (this.#phase.name === 'connected') this.#events.frameEnd()
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
    const verdict = closePolicyOf(ending, { joined: this.#place !== undefined, freshTokenLeft })
    if (this.#mayRest(ending, verdict)) return this.#rest()
    if (verdict.kind === 'final') return this.#end(verdict.error, verdict.code)
    if (verdict.kind === 'freshToken') this.#freshTokenTried = true
    if (this.#aim === 'join' && wasHold(phase, ending)) return void this.#connect()
    this.#retry(ending, verdict.kind === 'retry' && verdict.slowly)
  }

  #retry({ retryAfterMs }: Ending, slowly: boolean): void {
    const { clock, random } = this.#options
    const retryInMs = backoffMs(this.#failures++, random(), { slowly, retryAfterMs })
    const cancel = clock.after(retryInMs, () => void this.#connect())
    this.#phase = { name: 'waiting', cancel, urgent: !slowly && retryAfterMs === undefined }
    this.#events.waiting({ attempt: this.#failures, retryInMs })
  }

  /** Whether what cannot be held is left alone: none was promised, or as many are held as may be. `join()` tries for itself. */
  #mayRest({ code }: Ending, { kind }: ClosePolicy): boolean {
    if (this.#aim === 'keep') return kind === 'final' || this.#options.clock.now() >= this.#readyUntil
    return this.#aim === 'prepare' && code === 'rate_limited'
  }

  #rest(): void {
    this.#aim = 'keep'
    this.#phase = { name: 'idle' }
    this.#events.prepared()
  }

  #wake(): void {
    if ('since' in this.#phase) this.#phase.connection.probe()
    if (this.#phase.name === 'waiting' && this.#phase.urgent) void this.#connect()
  }

  #joinTimedOut(): void {
    if (this.#place !== undefined || this.#aim === 'keep') return
    const details = { retryable: true, cause: this.#lastFailure }
    const error = this.#reachedServer
      ? new LiveStreamError('timeout', 'The room could not be joined in time.', details)
      : new LiveStreamError('unreachable', 'The server cannot be reached.', details)
    void this.#bidFarewell(this.#phase)
    this.#end(error, undefined)
  }

  #end(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#close(error)
    this.#events.ended(error, code)
  }

  #close(error: LiveStreamError): void {
    this.#stopWaiting()
    this.#phase = { name: 'ended' }
    this.#stopListening()
    this.#refresh.cancel()
    this.#sender.close(error)
  }

  #stopListening(): void {
    for (const stop of this.#stop.splice(0)) stop()
  }

  #stopWaiting(): void {
    if (this.#phase.name === 'waiting') this.#phase.cancel()
  }

  #isCurrent(connection: Connection): boolean {
    return 'connection' in this.#phase && this.#phase.connection === connection
  }
}
