import type { Clock } from '../ports/clock'
import type { SignalBody } from '../protocol'
import { MAX_SIGNALS } from './early-signals'
import type { LinkFailure } from './link-state'
import { type ProgressWatchdog, watchProgress } from './link-timing'
import type { MediaTransport, TransportEvents } from './media-transport'
import type { QueuedStart, StartQueue } from './start-queue'

/** The events of a transport for its link. Tracks go to the mesh directly. */
export type LinkTransportEvents = Omit<TransportEvents, 'track'>

export type LinkPorts = {
  readonly clock: Clock
  readonly random: () => number
  readonly startQueue: StartQueue
  /** Opens a transport with the tracks and settings of this moment. May throw, as an OpenTransport may. */
  openTransport(events: LinkTransportEvents): MediaTransport
}

export type EpochEvents = {
  signal(body: SignalBody): void
  connected(): void
  /** The last event. The epoch has closed itself. */
  failed(failure: LinkFailure): void
}

type State =
  /** In the queue; `inbox` is what came in meanwhile. */
  | { readonly type: 'waiting'; readonly inbox: SignalBody[] }
  | { readonly type: 'connecting'; readonly transport: MediaTransport; readonly watchdog: ProgressWatchdog }
  | { readonly type: 'connected'; readonly transport: MediaTransport; readonly since: number }
  | { readonly type: 'closed' }

/** One attempt to connect a pair, from its first signal to its end. It does not know earlier or later attempts. */
export class LinkEpoch {
  readonly n: number
  readonly #timeoutMs: number
  readonly #ports: LinkPorts
  readonly #events: EpochEvents
  readonly #start: QueuedStart
  readonly #received = new Set<number>()
  #state: State = { type: 'waiting', inbox: [] }
  #hadRelay = false
  #openedAt: number | undefined

  /** @param timeoutMs how long it may make no progress before it is connected */
  constructor(n: number, timeoutMs: number, ports: LinkPorts, events: EpochEvents) {
    this.n = n
    this.#timeoutMs = timeoutMs
    this.#ports = ports
    this.#events = events
    this.#start = ports.startQueue.enter(() => this.#open())
  }

  /** `connecting`: signals are being exchanged. */
  get stage(): State['type'] {
    return this.#state.type
  }

  /** Since when (by the clock) it waits for the first signal of the other side; undefined after that signal, and in the queue. */
  get unansweredSince(): number | undefined {
    return this.#received.size > 0 ? undefined : this.#openedAt
  }

  /** Its connection: undefined before it is opened, and after its end. */
  get transport(): MediaTransport | undefined {
    return this.#state.type === 'connecting' || this.#state.type === 'connected' ? this.#state.transport : undefined
  }

  /** Each `order` is taken once: duplicates are dropped, and late signals are taken. */
  receive(order: number, body: SignalBody): void {
    if (this.#received.has(order) || this.#received.size >= MAX_SIGNALS) return
    this.#received.add(order)
    if (this.#state.type === 'waiting') this.#state.inbox.push(body)
    else this.transport?.accept(body)
  }

  /** Ends it as failed. */
  fail(reason: string): void {
    if (this.#state.type === 'closed') return
    const connectedMs = this.#state.type === 'connected' ? this.#ports.clock.now() - this.#state.since : null
    this.close()
    this.#events.failed({ reason, connectedMs, gotSignals: this.#received.size > 0, hadRelay: this.#hadRelay })
  }

  close(): void {
    const state = this.#state
    if (state.type === 'closed') return
    this.#state = { type: 'closed' }
    if (state.type === 'connecting') state.watchdog.cancel()
    if (state.type !== 'waiting') state.transport.close()
    this.#start.done()
  }

  #open(): void {
    if (this.#state.type !== 'waiting') return
    const { inbox } = this.#state
    const { clock, openTransport } = this.#ports
    this.#openedAt = clock.now()
    try {
      const transport = openTransport(this.#transportEvents())
      const watchdog = watchProgress(clock, this.#timeoutMs, () => this.fail('it did not connect in time'))
      this.#state = { type: 'connecting', transport, watchdog }
      for (const body of inbox) transport.accept(body)
    } catch (error) {
      // In a later task: this runs inside the constructor, before the caller has the epoch.
      const reason = `no connection could be opened (${error instanceof Error ? error.message : error})`
      clock.after(0, () => this.fail(reason))
    }
  }

  #transportEvents(): LinkTransportEvents {
    return {
      signal: (body) => this.#send(body),
      advanced: () => this.#advance(),
      connected: () => this.#connect(),
      failed: (reason) => this.fail(reason),
    }
  }

  #send(body: SignalBody): void {
    if (this.#state.type === 'closed') return
    const text = 'sdp' in body ? body.sdp : 'candidate' in body ? body.candidate : ''
    if (text.includes(' typ relay')) this.#hadRelay = true
    this.#events.signal(body)
  }

  /** A signal that arrives is no progress: the other side could keep a dead attempt alive by sending. */
  #advance(): void {
    if (this.#state.type === 'connecting') this.#state.watchdog.progressed()
  }

  #connect(): void {
    if (this.#state.type !== 'connecting') return
    const { transport, watchdog } = this.#state
    watchdog.cancel()
    this.#state = { type: 'connected', transport, since: this.#ports.clock.now() }
    this.#start.done()
    this.#events.connected()
  }
}
