import { type Bucket, type Rate, take, type Verdict } from './rate-limit'

/** One negotiation has a description and at most some 64 candidates. */
const PAIR_SIGNALS: Rate = { perSecond: 20, burst: 80 }
/** Else one peer could fill another's queue. */
const PAIR_BYTES: Rate = { perSecond: 32 * 1024, burst: 256 * 1024 }

/** A room has 19 others; ids that are not there cost their sender only. */
const PAIRS_KEPT = 64
/** After such a pause the deepest bucket is full again (2 × 256 KiB at 32 KiB a second), and nothing is lost with it. */
const REFILLED_MS = 16_000

type Pair = { readonly count: Bucket | undefined; readonly bytes: Bucket | undefined; readonly at: number }

/**
 * What one connection may signal to each of its peers. A pair is forgotten when its buckets have filled up again and never
 * before: nobody can push out what counts against them by naming others.
 */
export class PairBudget {
  /** The one not used for longest first. */
  readonly #pairs = new Map<string, Pair>()

  take(to: string, bytes: number, now: number): Verdict {
    const pair = this.#pairs.get(to)
    if (pair === undefined && this.#pairs.size >= PAIRS_KEPT) {
      this.#forgetRefilled(now)
      if (this.#pairs.size >= PAIRS_KEPT) return { ok: false, retryAfterMs: REFILLED_MS, flood: false }
    }
    const [count, counted] = take(pair?.count, PAIR_SIGNALS, now)
    const [taken, weighed] = counted.ok ? take(pair?.bytes, PAIR_BYTES, now, bytes) : [pair?.bytes, counted]
    this.#pairs.delete(to)
    this.#pairs.set(to, { count, bytes: taken, at: now })
    return weighed
  }

  #forgetRefilled(now: number): void {
    for (const [to, { at }] of this.#pairs) {
      if (now - at < REFILLED_MS) return
      this.#pairs.delete(to)
    }
  }
}
