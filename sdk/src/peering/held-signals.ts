import type { SignalDown } from '../protocol'
import { MAX_SIGNALS } from './next-epoch'

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
