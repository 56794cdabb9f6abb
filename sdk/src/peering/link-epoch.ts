import { type Clock, type ProgressWatchdog, watchProgress } from '../ports/clock'
import type { SignalBody } from '../protocol'
import { MAX_SIGNALS } from './early-signals'
import { IceRepair } from './ice-repair'
import type { LinkFailure } from './link-state'
import type { MediaTransport, TransportEvents } from './media-transport'
import type { QueuedStart, StartQueue } from './start-queue'

/** The events of a transport for its link. Tracks go to the mesh directly. */
export type LinkTransportEvents = Omit<TransportEvents, 'track'>

export type LinkPorts = {
  /** Whether this side makes the offers. */
  readonly offerer: boolean
  readonly clock: Clock
  readonly random: () => number
  readonly startQueue: StartQueue
  /** Whether signals can be sent now. */
  readonly canSignal: () => boolean
  /** Opens a transport with the tracks and settings of this moment. May throw, as an OpenTransport may. */
  openTransport(events: LinkTransportEvents): MediaTransport
}

export type EpochEvents = {
  /** `restarts`: the ICE restart that it belongs to, 0 for the first descriptions; `order` counts from 0 in each. */
  signal(order: number, body: SignalBody, restarts: number): void
  connected(): void
  /** Nothing comes over its path; it looks for another one. */
  unwell(): void
  /** The last event. The epoch has closed itself. */
  failed(failure: LinkFailure): void
}

type State =
  /** In the queue; `inbox` is what came in meanwhile. */
  | { readonly type: 'waiting'; readonly inbox: SignalBody[] }
  | { readonly type: 'connecting'; readonly transport: MediaTransport; readonly watchdog: ProgressWatchdog }
  | {
      readonly type: 'connected'
      readonly transport: MediaTransport
      readonly since: number
      readonly repair: IceRepair
    }
  | { readonly type: 'closed' }

/** One attempt to connect a pair, from its first signal to its end. It does not know earlier or later attempts. */
export class LinkEpoch {
  readonly n: number
  readonly #offerer: boolean
  readonly #timeoutMs: number
  readonly #ports: LinkPorts
  readonly #events: EpochEvents
  readonly #start: QueuedStart
  /** The orders of the signals that belong to the newest ICE restart. */
  #received = new Set<number>()
  #restarts = 0
  /** How many signals this side has sent since ICE has restarted last. */
  #order = 0
  #isAnswered = false
  #state: State = { type: 'waiting', inbox: [] }
  #hadRelay = false
  #openedAt: number | undefined

  /** @param timeoutMs how long it may make no progress before it is connected */
  constructor(n: number, timeoutMs: number, ports: LinkPorts, events: EpochEvents) {
    this.n = n
    this.#offerer = ports.offerer
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
    return this.#isAnswered ? undefined : this.#openedAt
  }

  /** Its connection: undefined before it is opened, and after its end. */
  get transport(): MediaTransport | undefined {
    return this.#state.type === 'connecting' || this.#state.type === 'connected' ? this.#state.transport : undefined
  }

  /** What looks for other paths; undefined before it has connected. */
  get repair(): IceRepair | undefined {
    return this.#state.type === 'connected' ? this.#state.repair : undefined
  }

  /** How often ICE has restarted. */
  get restarts(): number {
    return this.#restarts
  }

  /** Each `order` of an ICE restart is taken once: duplicates are dropped, and late signals are taken, but for those of earlier restarts. */
  receive(order: number, body: SignalBody, restarts = 0): void {
    if (body.type === 'iceRestart') return this.repair?.requested()
    if (restarts > this.#restarts && body.type === 'offer' && !this.#offerer) this.#restarted(restarts)
    if (restarts !== this.#restarts || this.#received.has(order) || this.#received.size >= MAX_SIGNALS) return
    this.#received.add(order)
    this.#isAnswered = true
    if (this.#state.type === 'waiting') this.#state.inbox.push(body)
    else this.transport?.accept(body, restarts)
    if (restarts > 0 && 'sdp' in body) this.repair?.described()
  }

  /** Ends it as failed. */
  fail(reason: string): void {
    if (this.#state.type === 'closed') return
    const connectedMs = this.#state.type === 'connected' ? this.#ports.clock.now() - this.#state.since : null
    this.close()
    this.#events.failed({ reason, connectedMs, gotSignals: this.#isAnswered, hadRelay: this.#hadRelay })
  }

  close(): void {
    const state = this.#state
    if (state.type === 'closed') return
    this.#state = { type: 'closed' }
    if (state.type === 'connecting') state.watchdog.cancel()
    if (state.type === 'connected') state.repair.close()
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
      signal: (body, restarts) => this.#send(body, restarts),
      advanced: () => this.#advance(),
      connected: () => this.#connect(),
      path: (path) => this.repair?.path(path),
      failed: (reason) => this.fail(reason),
    }
  }

  #send(body: SignalBody, restarts: number): void {
    if (this.#state.type === 'closed') return
    const text = 'sdp' in body ? body.sdp : 'candidate' in body ? body.candidate : ''
    if (text.includes(' typ relay')) this.#hadRelay = true
    this.#events.signal(this.#order++, body, restarts)
  }

  /** A signal that arrives is no progress: the other side could keep a dead attempt alive by sending. */
  #advance(): void {
    if (this.#state.type === 'connecting') this.#state.watchdog.progressed()
  }

  #connect(): void {
    if (this.#state.type !== 'connecting') return
    const { transport, watchdog } = this.#state
    watchdog.cancel()
    this.#state = { type: 'connected', transport, since: this.#ports.clock.now(), repair: this.#repair(transport) }
    this.#start.done()
    this.#events.connected()
  }

  #repair(transport: MediaTransport): IceRepair {
    const { clock, random, canSignal } = this.#ports
    const restart = () => {
      const started = this.#offerer ? transport.restartIce() : undefined
      if (started !== undefined) this.#restarted(started)
      if (!this.#offerer) this.#send({ type: 'iceRestart' }, this.#restarts)
    }
    const failed = (reason: string) => this.fail(reason)
    const { connected: well, unwell } = this.#events
    return new IceRepair({ clock, random, restart, unwell, well, failed }, canSignal())
  }

  /** The signals of both sides are counted anew. */
  #restarted(restarts: number): void {
    this.#restarts = restarts
    this.#order = 0
    this.#received = new Set()
  }
}
