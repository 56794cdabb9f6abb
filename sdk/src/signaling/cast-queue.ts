import { LiveStreamError } from '../errors'
import { type Cast, encodeMessage, type Limits, utf8Bytes } from '../protocol'
import type { RateLimiters, TokenBucket } from './rate-limiter'

/** Casts that wait because of the server's rate limits. They are short-lived: when too many wait, a new one is rejected. */
export class CastQueue {
  #waiting: { readonly cast: Cast; readonly bytes: number }[] = []

  /** @throws LiveStreamError `rate_limited` when as many wait as may be sent in two seconds */
  add(cast: Cast, { castsPerSecond, castBytesPerSecond }: Limits): void {
    const waitingBytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0)
    if (this.#waiting.length >= 2 * castsPerSecond || waitingBytes >= 2 * castBytesPerSecond) {
      throw new LiveStreamError('rate_limited', 'Too many reactions or app messages at once.', {
        retryable: true,
        retryAfterMs: 1000,
      })
    }
    this.#waiting.push({ cast, bytes: utf8Bytes(encodeMessage({ type: 'cast', cast })) })
  }

  /** The casts that may be sent now, and in how many ms to call again. */
  take({ casts: count, castBytes }: RateLimiters): { casts: Cast[]; waitMs: number | undefined } {
    const casts: Cast[] = []
    for (const { cast, bytes } of this.#waiting) {
      const waitMs = Math.max(count.waitMs(), castBytes.waitMs(bytes))
      if (waitMs > 0) {
        this.#waiting.splice(0, casts.length)
        return { casts, waitMs }
      }
      pay(count)
      pay(castBytes, bytes)
      casts.push(cast)
    }
    this.#waiting = []
    return { casts, waitMs: undefined }
  }

  clear(): void {
    this.#waiting = []
  }
}

/** A cast has no reply, so it counts as answered at once. */
function pay(bucket: TokenBucket, cost = 1): void {
  bucket.take(cost)
  bucket.settle(cost)
}
