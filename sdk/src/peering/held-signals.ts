import type { SignalDown } from '../protocol'
import { MAX_SIGNALS } from './next-epoch'

/** Pairs whose signals may wait. A room has no more participants than that. */
const MAX_PAIRS = 20
/** Events that a signal may be ahead of the fold: no more are ever under way at once. */
const MAX_AHEAD = 1000

/** Signals of edges that are still to be folded. Bounded: what is too much or too far ahead is dropped, and the link starts over. */
export class HeldSignals {
  readonly #bySender = new Map<string, SignalDown[]>()

  hold(signal: SignalDown, seq: number): void {
    if (signal.epoch.born > seq + MAX_AHEAD) return
    const held = this.#bySender.get(signal.from) ?? []
    if (held.length >= MAX_SIGNALS || (held.length === 0 && this.#bySender.size >= MAX_PAIRS)) return
    this.#bySender.set(signal.from, [...held, signal])
  }

  /** Takes out, in the order of arrival per sender, what was born at `seq` or before. */
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
