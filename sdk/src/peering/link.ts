import type { LinkState } from '../ports/participant-media'
import { type Epoch, fitsLayout, type SignalBody } from '../protocol'
import { NextEpoch, type Signal } from './early-signals'
import type { IceRepair } from './ice-repair'
import { LinkEpoch, type LinkPorts } from './link-epoch'
import type { LinkFailure } from './link-state'
import { ASK_AGAIN_MS, CONNECT_LIMIT_MS, connectTimeout, restartDelay, UNANSWERED_MS } from './link-timing'
import type { MediaTransport } from './media-transport'

export type LinkEvents = {
  signal(epoch: Epoch, order: number, body: SignalBody): void
  /** `failure` comes with 'recovering'. */
  state(state: LinkState, failure?: LinkFailure): void
}

type State =
  | { readonly type: 'idle' }
  | { readonly type: 'trying'; readonly epoch: LinkEpoch }
  /** The offerer waits before it starts epoch `n`. */
  | { readonly type: 'backingOff'; readonly n: number; readonly cancel: () => void }
  /** The answerer waits for an epoch after `n`, and asks for it again and again. -1 before the first. */
  | { readonly type: 'awaitingOffer'; readonly n: number; readonly cancel: () => void }
  | { readonly type: 'closed' }

/**
 * One end of an edge: runs one epoch after the other for as long as the edge exists. Only the offerer starts epochs, so the two
 * ends never start at the same time. The answerer follows the highest epoch that it got a signal of, and asks for the next one when
 * its own end fails.
 */
export class Link {
  readonly offerer: boolean
  readonly born: number
  readonly #ports: LinkPorts
  readonly #events: LinkEvents
  readonly #next: NextEpoch
  #state: State = { type: 'idle' }
  #shown: LinkState = 'connecting'
  /** Failures in a row. */
  #failures = 0

  constructor(born: number, ports: LinkPorts, events: LinkEvents) {
    this.offerer = ports.offerer
    this.born = born
    this.#ports = ports
    this.#events = events
    this.#next = new NextEpoch(ports.clock, (...next) => this.#follow(...next))
  }

  get shown(): LinkState {
    return this.#shown
  }

  /** The current or last epoch. */
  get epoch(): Epoch {
    const restarts = this.#state.type === 'trying' ? this.#state.epoch.restarts : 0
    return epochOf(this.born, Math.max(0, this.#n), restarts)
  }

  start(firstEpoch = 0): void {
    if (this.#state.type !== 'idle') return
    if (this.offerer) this.#try(firstEpoch)
    else this.#awaitFirst()
    this.#show('connecting')
  }

  /** Takes a signal of this edge. Drops signals of an epoch that has ended, and descriptions with another layout. */
  receive({ n, restarts }: Epoch, order: number, body: SignalBody): void {
    if (this.#state.type === 'closed' || this.#state.type === 'idle' || !fitsLayout(body)) return
    if (body.type === 'restart') this.#restart(n)
    else if (!this.offerer && n > this.#n) this.#next.receive(n, order, body)
    else if (this.#state.type === 'trying' && n === this.#state.epoch.n)
      this.#state.epoch.receive(order, body, restarts)
  }

  /** The connection of the current epoch. Tracks, ICE servers and statistics use it. */
  get transport(): MediaTransport | undefined {
    return this.#state.type === 'trying' ? this.#state.epoch.transport : undefined
  }

  /** What finds another path for the current connection; undefined before that has connected. */
  get repair(): IceRepair | undefined {
    return this.#state.type === 'trying' ? this.#state.epoch.repair : undefined
  }

  /** The network has changed: a link that waits goes on at once, and one that is connected looks for other paths. */
  networkChanged(): void {
    this.repair?.networkChanged()
    this.#retryNow()
  }

  #retryNow(): void {
    if (this.#state.type === 'backingOff') this.#try(this.#state.n)
    else if (this.#state.type === 'awaitingOffer' && this.#state.n >= 0) this.#ask(this.#state.n)
  }

  /**
   * The connection to the server was down and is back: signals may be lost. So an attempt that is not connected yet is given up.
   * The offerer starts the next one; the answerer asks for it, also for the first one, as its offer may be lost.
   */
  resume(): void {
    const state = this.#state
    if (state.type === 'trying' && state.epoch.stage === 'connecting') {
      if (this.offerer) this.#try(state.epoch.n + 1)
      else this.#ask(state.epoch.n, ASK_AGAIN_MS)
    } else if (state.type === 'awaitingOffer') {
      if (state.n < 0) this.#askFor(0)
      else this.#ask(state.n, ASK_AGAIN_MS)
    } else {
      this.repair?.signaling(true)
      this.#retryNow()
    }
  }

  close(): void {
    const state = this.#state
    this.#state = { type: 'closed' }
    this.#next.close()
    leave(state)
  }

  get #n(): number {
    const state = this.#state
    if (state.type === 'trying') return state.epoch.n
    if (state.type === 'backingOff') return state.n - 1
    return state.type === 'awaitingOffer' ? state.n : -1
  }

  #try(n: number): void {
    leave(this.#state)
    const epoch = new LinkEpoch(n, connectTimeout(this.#failures), this.#ports, {
      signal: (order, body, restarts) => {
        if (body.type === 'answer') this.#next.answered()
        this.#events.signal(epochOf(this.born, n, restarts), order, body)
      },
      connected: () => this.#show('connected'),
      unwell: () => this.#show('unwell'),
      failed: (failure) => this.#failed(n, failure),
    })
    this.#state = { type: 'trying', epoch }
  }

  /** The offerer has started a new epoch. */
  #follow(n: number, signals: readonly Signal[]): void {
    const wasConnected = this.#shown === 'connected' || this.#shown === 'unwell'
    this.#try(n)
    if (wasConnected) this.#show('recovering', { ...NO_SIGNALS, reason: 'the other side started over' })
    for (const [order, body] of signals) {
      if (this.#state.type === 'trying') this.#state.epoch.receive(order, body)
    }
  }

  #failed(n: number, failure: LinkFailure): void {
    // After a connection that lasted for a while, failures are counted from 1 again.
    this.#failures = (failure.connectedMs ?? 0) >= CONNECT_LIMIT_MS ? 1 : this.#failures + 1
    if (this.offerer) this.#backOff(n + 1)
    else this.#ask(n)
    this.#show('recovering', failure)
  }

  /**
   * The answerer's end failed. It is obeyed once per epoch, as the next epoch has then started. It is obeyed again if that
   * epoch got no signal for so long that its offer must be lost.
   */
  #restart(n: number): void {
    if (!this.offerer || this.#state.type !== 'trying') return
    const { epoch } = this.#state
    const { n: current, stage, unansweredSince = Number.POSITIVE_INFINITY } = epoch
    const isLost = n < current && this.#ports.clock.now() - unansweredSince >= UNANSWERED_MS
    if ((n === current && stage !== 'waiting') || isLost) epoch.fail('the other side lost it')
  }

  #backOff(n: number): void {
    const delay = restartDelay(this.#failures, this.#ports.random)
    const cancel = this.#ports.clock.after(delay, () => this.#try(n))
    this.#state = { type: 'backingOff', n, cancel }
  }

  /**
   * Before the first offer the answerer does not ask: the offerer may still be in its queue, and if the offer is lost, it makes
   * another one by itself.
   */
  #awaitFirst(): void {
    const late = () => this.#show('recovering', { ...NO_SIGNALS, reason: 'no offer came' })
    this.#state = { type: 'awaitingOffer', n: -1, cancel: this.#ports.clock.after(CONNECT_LIMIT_MS, late) }
  }

  /** Asks again and again, as the signal or the offer may be lost. Asking twice for the same epoch is harmless. */
  #ask(n: number, againMs = CONNECT_LIMIT_MS): void {
    leave(this.#state)
    const forMs = againMs + restartDelay(this.#failures + 1, this.#ports.random)
    this.#state = { type: 'awaitingOffer', n, cancel: this.#ports.clock.after(forMs, () => this.#ask(n)) }
    this.#askFor(n)
  }

  #askFor(n: number): void {
    this.#events.signal({ born: this.born, n }, 0, { type: 'restart' })
  }

  #show(state: LinkState, failure?: LinkFailure): void {
    this.#shown = state
    this.#events.state(state, failure)
  }
}

const NO_SIGNALS: Omit<LinkFailure, 'reason'> = { connectedMs: null, gotSignals: false, hadRelay: false }

const epochOf = (born: number, n: number, restarts: number): Epoch =>
  restarts === 0 ? { born, n } : { born, n, restarts }

function leave(state: State): void {
  if (state.type === 'trying') state.epoch.close()
  if (state.type === 'backingOff' || state.type === 'awaitingOffer') state.cancel()
}
