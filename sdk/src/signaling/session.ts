import { LiveStreamError } from '../errors'
import {
  type Goodbye,
  type GoodbyeCode,
  PROTOCOL_FLOOR,
  PROTOCOL_VERSION,
  type ServerMessage,
  type Welcome,
} from '../protocol'
import { backoffMs } from './backoff'
import { Connection } from './connection'
import { farewell } from './farewell'
import { helloOf, roomUrl, subprotocolsOf } from './hello'
import { Sender } from './sender'
import type { SessionEvents, SessionOptions } from './session-ports'
import { tokenOf } from './token'
import { type Ending, errorOf, verdictOn } from './verdict'

/** A connection that held so long was a good one: the next failure counts as the first. */
const STABLE_MS = 10_000
/** After a token function failed in mid-session. */
const TOKEN_RETRY_MS = 5_000

type Phase =
  | { readonly name: 'idle' | 'authorizing' | 'ended' }
  | { readonly name: 'connecting'; readonly connection: Connection }
  | { readonly name: 'connected'; readonly connection: Connection; readonly since: number }
  /** `urgent`: a waking page may try at once; the server has not asked to wait. */
  | { readonly name: 'waiting'; readonly cancel: () => void; readonly urgent: boolean }

/**
 * One stay in a room as the wire sees it: connections come and go, the session goes on until it has ended. It does not
 * know what a room is.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  readonly sender: Sender
  #phase: Phase = { name: 'idle' }
  /** Who we are in which instance, since the first welcome. */
  #place: { readonly self: string; readonly instance: string } | undefined
  #failures = 0
  #freshTokenTried = false
  #reachedServer = false
  #lastFailure: unknown
  #stop: (() => void)[] = []
  #cancelRefresh = () => {}

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
    this.sender = new Sender(options.clock)
  }

  /** Begins to connect, and goes on until the session has ended. */
  start(): void {
    if (this.#phase.name !== 'idle') return
    const { clock, page, joinTimeoutMs } = this.#options
    this.#stop = [page.on('wake', () => this.#wake()), clock.after(joinTimeoutMs, () => this.#joinTimedOut())]
    void this.#connect()
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
    if (phase.name === 'ended') return Promise.resolve()
    const commandId = phase.name === 'connected' ? this.sender.nextId() : undefined
    this.#close(new LiveStreamError('aborted', 'The room was left.'))
    if (!('connection' in phase)) return Promise.resolve()
    const left = farewell(phase.connection, commandId, this.#options.clock)
    return phase.name === 'connected' ? left : Promise.resolve()
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
    const hello = helloOf(this.#options, token, this.#events.position())
    const options = { WebSocket: WebSocket(), url: roomUrl(base, room), protocols: subprotocolsOf(hello), clock }
    const connection: Connection = new Connection(options, {
      opened: () => {
        this.#reachedServer = true
        this.#events.log('debug', 'the server took the socket')
      },
      messages: (messages) => this.#received(connection, messages),
      ended: (ending, detail) => this.#disconnected(connection, ending, detail),
    })
    this.#phase = { name: 'connecting', connection }
  }

  /** Without token or hello there is no socket. Only a token may be had later, and only who is in the room waits for that. */
  #couldNotConnect(cause: unknown): void {
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
    if (this.#phase.name === 'connected') this.#events.settled()
  }

  #take(message: ServerMessage, connection: Connection): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcomed(message, connection)
      case 'reply':
        return this.sender.answered(message)
      case 'goodbye':
        return this.#dismissed(message, connection)
      case 'session.refreshNeeded':
        return void this.#refreshToken(connection)
      case 'heartbeat':
      case 'held':
        return
      default:
        if (this.#phase.name === 'connected') this.#events.message(message)
    }
  }

  #welcomed(welcome: Welcome, connection: Connection): void {
    if (this.#phase.name !== 'connecting') return
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
    this.sender.connected(connection, welcome, sameSession)
    if (welcome.confirm) connection.send({ type: 'join', id: this.sender.nextId() })
    this.#events.welcome(welcome, sameSession)
  }

  #dismissed(goodbye: Goodbye, connection: Connection): void {
    if (this.#phase.name === 'connected') this.#events.settled()
    this.#events.goodbye(goodbye)
    this.#disconnected(connection, goodbye, `goodbye: ${goodbye.code}`)
  }

  /** The token ends soon. A failure is tried again: as long as the old one holds, nothing is lost. */
  async #refreshToken(connection: Connection): Promise<void> {
    const { token: source, clock } = this.#options
    if (typeof source !== 'function') return this.#events.log('warn', 'the token ends soon, and it cannot be renewed')
    try {
      const token = await tokenOf(source, clock)
      if (token === undefined || !this.#isCurrent(connection)) return
      await this.sender.request({ type: 'session.refresh', token }, 'refuse')
    } catch (error) {
      if (!this.#isCurrent(connection)) return
      this.#events.log('warn', 'the token could not be renewed', { error })
      this.#cancelRefresh()
      this.#cancelRefresh = clock.after(TOKEN_RETRY_MS, () => void this.#refreshToken(connection))
    }
  }

  #disconnected(connection: Connection, ending: Ending, detail: string): void {
    if (!this.#isCurrent(connection)) return
    connection.close()
    this.#cancelRefresh()
    this.sender.disconnected(ending.unsendable ?? false)
    this.#events.log('info', 'the connection ended', { detail })
    this.#lastFailure = ending.code === undefined ? new Error(detail) : errorOf(ending.code, ending)
    if (this.#phase.name === 'connected' && this.#options.clock.now() - this.#phase.since >= STABLE_MS)
      this.#failures = 0
    this.#goOn(ending)
  }

  #goOn(ending: Ending): void {
    const freshTokenLeft = typeof this.#options.token === 'function' && !this.#freshTokenTried
    const verdict = verdictOn(ending, { joined: this.#place !== undefined, freshTokenLeft })
    if (verdict.kind === 'final') return this.#end(verdict.error, verdict.code)
    if (verdict.kind === 'freshToken') this.#freshTokenTried = true
    this.#retry(ending, verdict.kind === 'retry' && verdict.slowly)
  }

  #retry({ retryAfterMs }: Ending, slowly: boolean): void {
    const { clock, random } = this.#options
    const retryInMs = backoffMs(this.#failures++, random(), { slowly, retryAfterMs })
    const cancel = clock.after(retryInMs, () => void this.#connect())
    this.#phase = { name: 'waiting', cancel, urgent: !slowly && retryAfterMs === undefined }
    this.#events.waiting({ attempt: this.#failures, retryInMs })
  }

  #wake(): void {
    if (this.#phase.name === 'connected') this.#phase.connection.probe()
    if (this.#phase.name === 'waiting' && this.#phase.urgent) void this.#connect()
  }

  #joinTimedOut(): void {
    if (this.#place !== undefined) return
    const details = { retryable: true, cause: this.#lastFailure }
    const error = this.#reachedServer
      ? new LiveStreamError('timeout', 'The room could not be joined in time.', details)
      : new LiveStreamError('unreachable', 'The server cannot be reached.', details)
    if (this.#phase.name === 'connecting') void farewell(this.#phase.connection, undefined, this.#options.clock)
    this.#end(error, undefined)
  }

  #end(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#close(error)
    this.#events.ended(error, code)
  }

  #close(error: LiveStreamError): void {
    this.#stopWaiting()
    this.#phase = { name: 'ended' }
    for (const stop of this.#stop.splice(0)) stop()
    this.#cancelRefresh()
    this.sender.close(error)
  }

  #stopWaiting(): void {
    if (this.#phase.name === 'waiting') this.#phase.cancel()
  }

  #isCurrent(connection: Connection): boolean {
    return 'connection' in this.#phase && this.#phase.connection === connection
  }
}
