import type { LimitReason } from '../../ports/rejection-reason'

/** A token bucket's measure: `perSecond` in the long run, `burst` at once after a pause. */
export type Rate = { readonly perSecond: number; readonly burst: number }

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

/**
 * A token bucket, full at first. It may hold less than nothing: a client that goes on after a rejection sinks deeper. It changes in place: each
 * message takes out of some, and what would be made anew each time outlives a collection of garbage.
 */
export class Bucket {
  #tokens: number
  /** When it held them (ms). */
  #at: number
  #fullAt: number

  constructor({ burst }: Rate, now: number) {
    this.#tokens = burst
    this.#at = now
    this.#fullAt = now
  }

  /** Takes `cost` out, if it holds as much. */
  take({ perSecond, burst }: Rate, now: number, cost = 1): TakeResult {
    const tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1000) * perSecond)
    const isEnough = tokens >= cost
    // A rejection costs a tenth, so that a client at exactly ten times the limit never reaches the bottom.
    this.#tokens = isEnough ? tokens - cost : Math.max(-burst, tokens - cost / FLOOD)
    this.#at = now
    this.#fullAt = now + ((burst - this.#tokens) / perSecond) * 1000
    if (isEnough) return YES
    const retryAfterMs = Math.ceil(((cost - this.#tokens) / perSecond) * 1000)
    return { ok: false, error: { retryAfterMs, flood: this.#tokens <= -burst } }
  }

  /** When it is full again (ms): as if it had never been used. */
  get fullAt(): number {
    return this.#fullAt
  }
}

/** At how many others is looked each time that one is used: more than can be added. */
const LOOKS = 2

/**
 * Buckets by key, at most `capacity` of them: the one not used for longest goes first. Most are removed once they are full
 * again; one that must go before that would have filled up by then, unless so many others were busy within its pause.
 */
export class Buckets {
  /** The one not used for longest first. */
  readonly #kept = new Map<string, Bucket>()
  /** Comes past all of them, again and again: one that fills slowly holds no other up. */
  #round = this.#kept.entries()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  take(key: string, rate: Rate, now: number, cost = 1): TakeResult {
    const bucket = this.#kept.get(key) ?? new Bucket(rate, now)
    const result = bucket.take(rate, now, cost)
    this.#kept.delete(key)
    this.#kept.set(key, bucket)
    this.#forget(now)
    return result
  }

  #forget(now: number): void {
    for (let looks = 0; looks < LOOKS; looks++) {
      const { value, done } = this.#round.next()
      if (done) this.#round = this.#kept.entries()
      else if (value[1].fullAt <= now) this.#kept.delete(value[0])
    }
    if (this.#kept.size <= this.#capacity) return
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }
}
