// Signals that came too early: those of edges that are not folded yet, and those of epochs that are not followed yet.
import type { Clock } from '../ports/clock'
import type { SignalBody, SignalDown } from '../protocol'

/** How many senders' signals may wait: as many as a room has participants. */
const MAX_PAIRS = 20
/** How many events a signal may be ahead of the fold: the server never has more on the way. */
const MAX_AHEAD = 1000

/** Signals of edges that are not folded yet. Limited: further signals are dropped, and the link starts over. */
export class HeldSignals {
  readonly #bySender = new Map<string, SignalDown[]>()

  hold(signal: SignalDown, seq: number): void {
    if (signal.epoch.born > seq + MAX_AHEAD) return
    const held = this.#bySender.get(signal.from) ?? []
    if (held.length >= MAX_SIGNALS || (held.length === 0 && this.#bySender.size >= MAX_PAIRS)) return
    this.#bySender.set(signal.from, [...held, signal])
  }

  /** Takes out the signals of edges that were born at `seq` or before, in the order of arrival per sender. */
  release(seq: number): SignalDown[] {
    const due: SignalDown[] = []
    for (const [from, held] of this.#bySender) {
      due.push(...held.filter(({ epoch }) => epoch.born <= seq))
      const kept = held.filter(({ epoch }) => epoch.born > seq)
      if (kept.length > 0) this.#bySender.set(from, kept)
      else this.#bySender.delete(from)
    }
    return due
  }

  clear(): void {
    this.#bySender.clear()
  }
}

/** Signals of one side in one epoch: an offer or answer and its candidates. Further signals are dropped. */
export const MAX_SIGNALS = 128

/** The shortest time between two epochs that an answerer follows. After a failure an offerer waits about as long. */
export const FOLLOW_MS = 500
/** The longest such time, if no offer leads to an answer. */
const LONGEST_MS = 30_000

export type Signal = readonly [order: number, body: SignalBody]

/**
 * The epoch that an answerer follows next: the newest one that it got signals of. Each followed epoch costs a connection, so there
 * is a pause between two, and only the newest one of the pause counts. It is followed when its offer is there; candidates may come
 * first. If no answer can be made, the pause gets longer each time.
 */
export class NextEpoch {
  readonly #clock: Clock
  readonly #follow: (n: number, signals: readonly Signal[]) => void
  #n = -1
  #signals: Signal[] = []
  #isFree = true
  #unanswered = 0
  #cancel = () => {}

  constructor(clock: Clock, follow: (n: number, signals: readonly Signal[]) => void) {
    this.#clock = clock
    this.#follow = follow
  }

  /** A signal of an epoch after the current one. */
  receive(n: number, ...signal: Signal): void {
    if (n < this.#n) return
    if (n > this.#n) this.#signals = []
    this.#n = n
    if (this.#signals.length < MAX_SIGNALS) this.#signals.push(signal)
    this.#next()
  }

  /** The epoch that was followed last has its answer. */
  answered(): void {
    this.#unanswered = 0
  }

  close(): void {
    this.#cancel()
    this.#isFree = false
  }

  #next(): void {
    const signals = this.#signals
    if (!this.#isFree || !signals.some(([, { type }]) => type === 'offer')) return
    this.#signals = []
    this.#isFree = false
    const pauseMs = Math.min(LONGEST_MS, FOLLOW_MS * 2 ** this.#unanswered++)
    this.#cancel = this.#clock.after(pauseMs, () => {
      this.#isFree = true
      this.#next()
    })
    this.#follow(this.#n, signals)
  }
}
