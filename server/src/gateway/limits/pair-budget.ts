import type { Epoch, Limits, SignalUp } from '@peerstage/sdk/protocol'
import { Bucket, type Rate, type RateResult, withReason } from './token-bucket'

/** A room has 19 others; ids that are not there cost their sender only. */
const PAIRS_KEPT = 64

type Pair = {
  readonly count: Bucket
  readonly bytes: Bucket
  readonly at: number
  readonly epoch: Epoch
  /** ICE candidates in this epoch. */
  readonly candidates: number
}

/**
 * What one connection may signal to each of its peers. A pair is forgotten when its buckets have filled up again and never
 * before: no client can push out its own counters by naming others.
 */
export class PairBudget {
  readonly #signals: Rate
  readonly #bytes: Rate
  readonly #maxCandidates: number
  /** After such a pause the deepest bucket is full again, and nothing is lost with it: 16 s by default. */
  readonly #refilledMs: number
  /** The one not used for longest first. */
  readonly #pairs = new Map<string, Pair>()

  constructor(limits: Limits) {
    this.#signals = { perSecond: limits.pairSignalsPerSecond, burst: limits.pairSignalBurst }
    this.#bytes = { perSecond: limits.pairBytesPerSecond, burst: limits.pairByteBurst }
    this.#maxCandidates = limits.maxCandidates
    this.#refilledMs = 1000 * Math.max(...[this.#signals, this.#bytes].map((each) => (2 * each.burst) / each.perSecond))
  }

  take({ to, epoch, body }: SignalUp, bytes: number, now: number): RateResult {
    const pair = this.#pairs.get(to)
    if (pair === undefined && this.#pairs.size >= PAIRS_KEPT) {
      this.#forgetRefilled(now)
      if (this.#pairs.size >= PAIRS_KEPT) return this.#rejected('pair_rate')
    }
    const before = pair !== undefined && isSame(pair.epoch, epoch) ? pair.candidates : 0
    const candidates = before + candidatesIn(body)
    const weight = pair?.bytes ?? new Bucket(this.#bytes, now)
    const count = pair?.count ?? new Bucket(this.#signals, now)
    const counted = count.take(this.#signals, now)
    const weighed = counted.ok ? weight.take(this.#bytes, now, bytes) : counted
    this.#pairs.delete(to)
    this.#pairs.set(to, { count, bytes: weight, at: now, epoch, candidates })
    if (!weighed.ok) return withReason(weighed, counted.ok ? 'pair_bytes' : 'pair_rate')
    return candidates > this.#maxCandidates ? this.#rejected('candidates') : weighed
  }

  #rejected(limit: 'pair_rate' | 'candidates'): RateResult {
    return { ok: false, error: { retryAfterMs: this.#refilledMs, flood: false, limit } }
  }

  #forgetRefilled(now: number): void {
    for (const [to, { at }] of this.#pairs) {
      if (now - at < this.#refilledMs) return
      this.#pairs.delete(to)
    }
  }
}

/** A description may hold candidates too. */
const candidatesIn = (body: SignalUp['body']): number =>
  'sdp' in body ? (body.sdp.match(/^a=candidate/gm)?.length ?? 0) : body.type === 'candidate' ? 1 : 0

const isSame = (a: Epoch, b: Epoch): boolean => a.born === b.born && a.n === b.n && a.restarts === b.restarts
