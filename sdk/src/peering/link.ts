import { type Epoch, fitsLayout, type SignalBody } from '../protocol'
import { LinkEpoch, type LinkPorts } from './link-epoch'
import type { LinkState, Loss } from './link-state'
import type { MediaTransport } from './media-transport'
import { NextEpoch, type Signal } from './next-epoch'
import { restartDelay } from './restart-delay'
import { CONNECT_LIMIT_MS, patienceAfter } from './standstill'

/** An offer that nothing was heard of for so long is lost, where the other side asks for another: more than a round trip takes. */
const UNHEARD_MS = 1000
/** Both ends may come back at once, and the first asking go to one that is not there yet. */
const ASK_AGAIN_MS = UNHEARD_MS

export type LinkEvents = {
  signal(epoch: Epoch, order: number, body: SignalBody): void
  /** `loss` comes with 'recovering'. */
  state(state: LinkState, loss?: Loss): void
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'trying'; readonly epoch: LinkEpoch }
  /** The offerer lets some time pass before epoch `n`. */
  | { readonly kind: 'pausing'; readonly n: number; readonly callOff: () => void }
  /** The answerer waits for an epoch after `n`, and asks for it from time to time. -1 before the first. */
  | { readonly kind: 'asking'; readonly n: number; readonly callOff: () => void }
  | { readonly kind: 'closed' }

/**
 * One edge as one of its ends lives it: epoch after epoch, for as long as the edge exists. The offerer alone starts epochs,
 * so the two never start at the same time; the answerer follows the highest that it has heard of, and asks for the next when
 * its own end fails.
 */
export class Link {
  readonly offerer: boolean
  readonly born: number
  readonly #ports: LinkPorts
  readonly #events: LinkEvents
  readonly #next: NextEpoch
  #state: State = { kind: 'idle' }
  #shown: LinkState = 'connecting'
  /** In a row. */
  #failures = 0
  /** This side's signals in the current epoch. */
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

  /** The epoch it is in, or was in last. */
  get epoch(): Epoch {
    return { born: this.born, n: Math.max(0, this.#n) }
  }

  start(): void {
    if (this.#state.kind !== 'idle') return
    if (this.offerer) this.#try(0)
    else this.#awaitFirst()
    this.#show('connecting')
  }

  /** Takes a signal of this edge. What belongs to an epoch that is over is dropped, and a description of another layout. */
  receive({ n }: Epoch, order: number, body: SignalBody): void {
    if (this.#state.kind === 'closed' || this.#state.kind === 'idle') return
    if (!fitsLayout(body)) return
    if (body.kind === 'restart') this.#restart(n)
    else if (!this.offerer && n > this.#n) this.#next.receive(n, order, body)
    else if (this.#state.kind === 'trying' && n === this.#state.epoch.n) this.#state.epoch.receive(order, body)
  }

  /** The connection of the current epoch: what acts on it (a track, ICE servers, statistics) takes it from here. */
  get transport(): MediaTransport | undefined {
    return this.#state.kind === 'trying' ? this.#state.epoch.transport : undefined
  }

  /** Something changed for the better: what waits goes on now. */
  hurry(): void {
    if (this.#state.kind === 'pausing') this.#try(this.#state.n)
    else if (this.#state.kind === 'asking' && this.#state.n >= 0) this.#ask(this.#state.n)
  }

  /**
   * The way to the server was down and is back: what was under way on it may be lost. So a try that is not up yet is over; the
   * offerer makes the next, the answerer asks for it, for the very first one too: its offer may have come meanwhile, and is lost.
   */
  resume(): void {
    const state = this.#state
    if (state.kind === 'trying' && state.epoch.stage === 'connecting') {
      if (this.offerer) this.#try(state.epoch.n + 1)
      else this.#ask(state.epoch.n, ASK_AGAIN_MS)
    } else if (state.kind === 'asking') {
      if (state.n < 0) this.#send(0, { kind: 'restart' })
      else this.#ask(state.n, ASK_AGAIN_MS)
    } else this.hurry()
  }

  close(): void {
    const state = this.#state
    this.#state = { kind: 'closed' }
    this.#next.close()
    leave(state)
  }

  get #n(): number {
    switch (this.#state.kind) {
      case 'trying':
        return this.#state.epoch.n
      case 'pausing':
        return this.#state.n - 1
      case 'asking':
        return this.#state.n
      default:
        return -1
    }
  }

  #try(n: number): void {
    leave(this.#state)
    this.#order = 0
    const epoch = new LinkEpoch(n, patienceAfter(this.#failures), this.#ports, {
      signal: (body) => this.#send(n, body),
      connected: () => this.#show('connected'),
      lost: (loss) => this.#lost(n, loss),
    })
    this.#state = { kind: 'trying', epoch }
  }

  /** The offerer has started over. */
  #follow(n: number, signals: readonly Signal[]): void {
    const wasConnected = this.#shown === 'connected'
    this.#try(n)
    if (wasConnected) this.#show('recovering', { ...UNHEARD, reason: 'the other side started over' })
    for (const [order, body] of signals) {
      if (this.#state.kind === 'trying') this.#state.epoch.receive(order, body)
    }
  }

  #lost(n: number, loss: Loss): void {
    // What was up for a while is a new failure; what fails again and again as soon as it is up is an old one.
    this.#failures = (loss.connectedMs ?? 0) >= CONNECT_LIMIT_MS ? 1 : this.#failures + 1
    if (this.offerer) this.#pause(n + 1)
    else this.#ask(n)
    this.#show('recovering', loss)
  }

  /**
   * The answerer's end failed. Heeded once per epoch: afterwards the next one is on its way, unless nothing was heard of that for so
   * long that its offer must be lost.
   */
  #restart(n: number): void {
    if (!this.offerer || this.#state.kind !== 'trying') return
    const { epoch } = this.#state
    const { n: current, stage, unheardSince = Number.POSITIVE_INFINITY } = epoch
    const isLost = n < current && this.#ports.clock.now() - unheardSince >= UNHEARD_MS
    if ((n === current && stage !== 'waiting') || isLost) epoch.lose('the other side lost it')
  }

  #pause(n: number): void {
    const delay = restartDelay(this.#failures, this.#ports.random)
    const callOff = this.#ports.clock.after(delay, () => this.#try(n))
    this.#state = { kind: 'pausing', n, callOff }
  }

  /**
   * Before the first offer there is nothing to ask for: the offerer may still be waiting for its turn, and if the offer was
   * lost, it makes another by itself.
   */
  #awaitFirst(): void {
    const late = () => this.#show('recovering', { ...UNHEARD, reason: 'no offer came' })
    this.#state = { kind: 'asking', n: -1, callOff: this.#ports.clock.after(CONNECT_LIMIT_MS, late) }
  }

  /** Again and again, as the signal may be lost, or what it brings about. To ask twice for the same is harmless. */
  #ask(n: number, againMs = CONNECT_LIMIT_MS): void {
    leave(this.#state)
    const forMs = againMs + restartDelay(this.#failures + 1, this.#ports.random)
    this.#state = { kind: 'asking', n, callOff: this.#ports.clock.after(forMs, () => this.#ask(n)) }
    this.#send(n, { kind: 'restart' })
  }

  #send(n: number, body: SignalBody): void {
    if (body.kind === 'answer') this.#next.answered()
    this.#events.signal({ born: this.born, n }, this.#order++, body)
  }

  #show(state: LinkState, loss?: Loss): void {
    this.#shown = state
    this.#events.state(state, loss)
  }
}

const UNHEARD: Omit<Loss, 'reason'> = { connectedMs: null, heard: false, relayed: false }

function leave(state: State): void {
  if (state.kind === 'trying') state.epoch.close()
  if (state.kind === 'pausing' || state.kind === 'asking') state.callOff()
}
