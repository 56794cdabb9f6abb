import type { LimitReason } from '../../ports/rejection-reason'

/** A token bucket's measure: `perSecond` in the long run, `burst` at once after a pause. */
export type Rate = { readonly perSecond: number; readonly burst: number }

/** A bucket as it was at `at` (ms). It may hold less than nothing: a client that goes on after a rejection sinks deeper. */
export type Bucket = { readonly tokens: number; readonly at: number }

/** A bucket that does not hold enough: when to try again, and whether the client is far beyond anything honest. */
type Shortage = { readonly retryAfterMs: number; readonly flood: boolean }

/** Whether a bucket held enough. */
export type TakeResult = { readonly ok: true } | { readonly ok: false; readonly error: Shortage }

/** The same, with the limit that was exceeded. */
export type RateResult = { readonly ok: true } | { readonly ok: false; readonly error: RateLimited }
export type RateLimited = Shortage & { readonly limit: LimitReason }

/** Names the limit that a bucket belongs to. */
export const withReason = (result: TakeResult, limit: LimitReason): RateResult =>
  result.ok ? result : { ok: false, error: { ...result.error, limit } }

/** Beyond this many times the limit it counts as a flood, and the connection ends. */
const FLOOD = 10

const YES: TakeResult = { ok: true }

/** Takes `cost` out of a bucket. Pure: the new bucket, and the result. A bucket not seen before is full. */
export function take(bucket: Bucket | undefined, rate: Rate, now: number, cost = 1): [Bucket, TakeResult] {
  const tokens = bucket === undefined ? rate.burst : refilled(bucket, rate, now)
  if (tokens >= cost) return [{ tokens: tokens - cost, at: now }, YES]
  // A rejection costs a tenth, so that a client at exactly ten times the limit never reaches the bottom.
  const after = Math.max(-rate.burst, tokens - cost / FLOOD)
  const retryAfterMs = Math.ceil(((cost - after) / rate.perSecond) * 1000)
  return [
    { tokens: after, at: now },
    { ok: false, error: { retryAfterMs, flood: after <= -rate.burst } },
  ]
}

const refilled = ({ tokens, at }: Bucket, { perSecond, burst }: Rate, now: number): number =>
  Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond)

/** A bucket, and when it is full again: as if it had never been used. */
type KeptBucket = { readonly bucket: Bucket; readonly fullAt: number }

/** At how many others is looked each time that one is used: more than can be added. */
const LOOKS = 2

/**
 * Buckets by key, at most `capacity` of them: the one not used for longest goes first. Most are removed once they are full
 * again; one that must go before that would have filled up by then, unless so many others were busy within its pause.
 */
export class Buckets {
  /** The one not used for longest first. */
  readonly #kept = new Map<string, KeptBucket>()
  /** Comes past all of them, again and again: one that fills slowly holds no other up. */
  #round = this.#kept.entries()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  take(key: string, rate: Rate, now: number, cost = 1): TakeResult {
    const [bucket, result] = take(this.#kept.get(key)?.bucket, rate, now, cost)
    const fullAt = now + ((rate.burst - bucket.tokens) / rate.perSecond) * 1000
    this.#kept.delete(key)
    this.#kept.set(key, { bucket, fullAt })
    this.#forget(now)
    return result
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
