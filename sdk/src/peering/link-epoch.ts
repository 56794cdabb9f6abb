import type { Clock } from '../ports/clock'
import type { SignalBody } from '../protocol'
import type { Loss } from './link-state'
import type { MediaTransport, TransportEvents } from './media-transport'
import { MAX_SIGNALS } from './next-epoch'
import { type Standstill, watchForStandstill } from './standstill'
import type { Turn, Turns } from './turns'

/** What a link tells its transport to call back. Tracks are not its concern: they go to the mesh straight away. */
export type LinkTransportEvents = Omit<TransportEvents, 'track'>

export type LinkPorts = {
  readonly clock: Clock
  readonly random: () => number
  readonly turns: Turns
  /** Opens a transport with the tracks and settings of this moment. May throw, as an OpenTransport may. */
  open(events: LinkTransportEvents): MediaTransport
}

export type EpochEvents = {
  signal(body: SignalBody): void
  connected(): void
  /** The last event. The epoch has closed itself. */
  lost(loss: Loss): void
}

type State =
  /** In line; `inbox` is what came in meanwhile. */
  | { readonly kind: 'waiting'; readonly inbox: SignalBody[] }
  | { readonly kind: 'connecting'; readonly transport: MediaTransport; readonly standstill: Standstill }
  | { readonly kind: 'connected'; readonly transport: MediaTransport; readonly since: number }
  | { readonly kind: 'closed' }

/** One try to connect a pair, from its first signal to its end. Knows nothing of the tries before and after it. */
export class LinkEpoch {
  readonly n: number
  readonly #patienceMs: number
  readonly #ports: LinkPorts
  readonly #events: EpochEvents
  readonly #turn: Turn
  readonly #received = new Set<number>()
  #state: State = { kind: 'waiting', inbox: [] }
  #relayed = false
  #openedAt: number | undefined

  /** @param patienceMs how long it may get no further before it is up */
  constructor(n: number, patienceMs: number, ports: LinkPorts, events: EpochEvents) {
    this.n = n
    this.#patienceMs = patienceMs
    this.#ports = ports
    this.#events = events
    this.#turn = ports.turns.take(() => this.#open())
  }

  /** `connecting`: its signals are under way. */
  get stage(): State['kind'] {
    return this.#state.kind
  }

  /** Since when (by the clock) it waits for the first sign of the other side; undefined once there was one, and while it is in line. */
  get unheardSince(): number | undefined {
    return this.#received.size > 0 ? undefined : this.#openedAt
  }

  /** Each `order` counts once, whatever the way does to signals: doubles are dropped, late ones are taken. */
  receive(order: number, body: SignalBody): void {
    if (this.#received.has(order) || this.#received.size >= MAX_SIGNALS) return
    this.#received.add(order)
    if (this.#state.kind === 'waiting') this.#state.inbox.push(body)
    else this.transport?.accept(body)
  }

  /** Its connection: undefined before it is opened, and after its end. */
  get transport(): MediaTransport | undefined {
    return this.#state.kind === 'connecting' || this.#state.kind === 'connected' ? this.#state.transport : undefined
  }

  /** Ends it as failed. */
  lose(reason: string): void {
    if (this.#state.kind === 'closed') return
    const connectedMs = this.#state.kind === 'connected' ? this.#ports.clock.now() - this.#state.since : null
    this.close()
    this.#events.lost({ reason, connectedMs, heard: this.#received.size > 0, relayed: this.#relayed })
  }

  close(): void {
    const state = this.#state
    if (state.kind === 'closed') return
    this.#state = { kind: 'closed' }
    if (state.kind === 'connecting') state.standstill.callOff()
    if (state.kind !== 'waiting') state.transport.close()
    this.#turn.end()
  }

  #open(): void {
    if (this.#state.kind !== 'waiting') return
    const { inbox } = this.#state
    this.#openedAt = this.#ports.clock.now()
    try {
      const transport = this.#ports.open(this.#transportEvents())
      const standstill = watchForStandstill(this.#ports.clock, this.#patienceMs, () =>
        this.lose('it did not connect in time'),
      )
      this.#state = { kind: 'connecting', transport, standstill }
      for (const body of inbox) transport.accept(body)
    } catch (error) {
      // In a later task: the caller that makes this epoch does not have it yet.
      const reason = `no connection could be opened (${error instanceof Error ? error.message : error})`
      this.#ports.clock.after(0, () => this.lose(reason))
    }
  }

  #transportEvents(): LinkTransportEvents {
    return {
      signal: (body) => this.#send(body),
      advanced: () => this.#advance(),
      connected: () => this.#connect(),
      failed: (reason) => this.lose(reason),
    }
  }

  #send(body: SignalBody): void {
    if (body.kind === 'candidate' && / typ relay/.test(body.candidate)) this.#relayed = true
    this.#events.signal(body)
  }

  /** What merely arrives does not count: the other side could keep a dead try alive by it. */
  #advance(): void {
    if (this.#state.kind === 'connecting') this.#state.standstill.advanced()
  }

  #connect(): void {
    if (this.#state.kind !== 'connecting') return
    const { transport, standstill } = this.#state
    standstill.callOff()
    this.#state = { kind: 'connected', transport, since: this.#ports.clock.now() }
    this.#turn.end()
    this.#events.connected()
  }
}
