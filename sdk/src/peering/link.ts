import type { LinkState } from '../ports/participant-media'
import { type Epoch, fitsLayout, type SignalBody } from '../protocol'
import { NextEpoch, type Signal } from './early-signals'
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
  /** How many signals this side has sent in the current epoch. */
  #order = 0

  constructor(offerer: boolean, born: number, ports: LinkPorts, events: LinkEvents) {
    this.offerer = offerer
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
    return { born: this.born, n: Math.max(0, this.#n) }
  }

  start(): void {
    if (this.#state.type !== 'idle') return
    if (this.offerer) this.#try(0)
    else this.#awaitFirst()
    this.#show('connecting')
  }

  /** Takes a signal of this edge. Drops signals of an epoch that has ended, and descriptions with another layout. */
  receive({ n }: Epoch, order: number, body: SignalBody): void {
    if (this.#state.type === 'closed' || this.#state.type === 'idle') return
    if (!fitsLayout(body)) return
    if (body.type === 'restart') this.#restart(n)
    else if (!this.offerer && n > this.#n) this.#next.receive(n, order, body)
    else if (this.#state.type === 'trying' && n === this.#state.epoch.n) this.#state.epoch.receive(order, body)
  }

  /** The connection of the current epoch. Tracks, ICE servers and statistics use it. */
  get transport(): MediaTransport | undefined {
    return this.#state.type === 'trying' ? this.#state.epoch.transport : undefined
  }

  /** The network is better now: a link that waits goes on at once. */
  retryNow(): void {
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
      if (state.n < 0) this.#send(0, { type: 'restart' })
      else this.#ask(state.n, ASK_AGAIN_MS)
    } else this.retryNow()
  }

  close(): void {
    const state = this.#state
    this.#state = { type: 'closed' }
    this.#next.close()
    leave(state)
  }

  get #n(): number {
    switch (this.#state.type) {
      case 'trying':
        return this.#state.epoch.n
      case 'backingOff':
        return this.#state.n - 1
      case 'awaitingOffer':
        return this.#state.n
      default:
        return -1
    }
  }

  #try(n: number): void {
    leave(this.#state)
    this.#order = 0
    const epoch = new LinkEpoch(n, connectTimeout(this.#failures), this.#ports, {
      signal: (body) => this.#send(n, body),
      connected: () => this.#show('connected'),
      failed: (failure) => this.#failed(n, failure),
    })
    this.#state = { type: 'trying', epoch }
  }

  /** The offerer has started a new epoch. */
  #follow(n: number, signals: readonly Signal[]): void {
    const wasConnected = this.#shown === 'connected'
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
    this.#send(n, { type: 'restart' })
  }

  #send(n: number, body: SignalBody): void {
    if (body.type === 'answer') this.#next.answered()
    this.#events.signal({ born: this.born, n }, this.#order++, body)
  }

  #show(state: LinkState, failure?: LinkFailure): void {
    this.#shown = state
    this.#events.state(state, failure)
  }
}

const NO_SIGNALS: Omit<LinkFailure, 'reason'> = { connectedMs: null, gotSignals: false, hadRelay: false }

function leave(state: State): void {
  if (state.type === 'trying') state.epoch.close()
  if (state.type === 'backingOff' || state.type === 'awaitingOffer') state.cancel()
}
