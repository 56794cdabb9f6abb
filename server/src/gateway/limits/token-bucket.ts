import type { LimitReason } from '../../ports/refusal'

/** A token bucket's measure: `perSecond` in the long run, `burst` at once after a pause. */
export type Rate = { readonly perSecond: number; readonly burst: number }

/** A bucket as it was at `at` (ms). It may hold less than nothing: who goes on after a refusal sinks deeper. */
export type Bucket = { readonly tokens: number; readonly at: number }

/** Yes; no, and when to ask again; or far beyond anything honest. */
export type TakeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryAfterMs: number; readonly flood: boolean }

/** A verdict that tells by which limit it is no. */
export type RateResult = Extract<TakeResult, { ok: true }> | Refused
export type Refused = Extract<TakeResult, { ok: false }> & { readonly limit: LimitReason }

/** Names the limit that a verdict was asked of. */
export const withReason = (verdict: TakeResult, limit: LimitReason): RateResult =>
  verdict.ok ? verdict : { ...verdict, limit }

/** Beyond so many times the limit it is no mistake any more, and the connection ends. */
const FLOOD = 10

const YES: TakeResult = { ok: true }

/** Takes `cost` out of a bucket. Pure: the new bucket, and the verdict. A bucket not seen before is full. */
export function take(bucket: Bucket | undefined, rate: Rate, now: number, cost = 1): [Bucket, TakeResult] {
  const tokens = bucket === undefined ? rate.burst : refilled(bucket, rate, now)
  if (tokens >= cost) return [{ tokens: tokens - cost, at: now }, YES]
  // A refusal costs a tenth, so that a client at exactly ten times the limit never reaches the bottom.
  const after = Math.max(-rate.burst, tokens - cost / FLOOD)
  const retryAfterMs = Math.ceil(((cost - after) / rate.perSecond) * 1000)
  return [
    { tokens: after, at: now },
    { ok: false, retryAfterMs, flood: after <= -rate.burst },
  ]
}

const refilled = ({ tokens, at }: Bucket, { perSecond, burst }: Rate, now: number): number =>
  Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond)

/** A bucket, and when it is full again: as if it had never been used. */
type Kept = { readonly bucket: Bucket; readonly fullAt: number }

/** At how many others is looked each time that one is used: more than can be added. */
const LOOKS = 2

/**
 * Buckets by key, at most `capacity` of them: the one not used for longest goes first. Most are removed once they are full
 * again; one that must go before that would have filled up by then, unless so many others were busy within its pause.
 */
export class Buckets {
  /** The one not used for longest first. */
  readonly #kept = new Map<string, Kept>()
  /** Comes past all of them, again and again: one that fills slowly holds no other up. */
  #round = this.#kept.entries()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  take(key: string, rate: Rate, now: number, cost = 1): TakeResult {
    const [bucket, verdict] = take(this.#kept.get(key)?.bucket, rate, now, cost)
    const fullAt = now + ((rate.burst - bucket.tokens) / rate.perSecond) * 1000
    this.#kept.delete(key)
    this.#kept.set(key, { bucket, fullAt })
    this.#forget(now)
    return verdict
  }

  get size(): number {
    return this.#kept.size
  }

  #forget(now: number): void {
    for (let looks = 0; looks < LOOKS; looks++) {
      const { value, done } = this.#round.next()
      if (done) this.#round = this.#kept.entries()
      else if (value[1].fullAt <= now) this.#kept.delete(value[0])
    }
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#capacity && oldest !== undefined) this.#kept.delete(oldest)
  }
}
