import { LiveStreamError } from '../errors'
import { type Cast, encodeMessage, type Limits, utf8Bytes } from '../protocol'
import type { RateLimiters, TokenBucket } from './rate-limiter'

/** Casts that wait for the pace the server allows. They are for the moment: when too many wait, a new one is rejected. */
export class CastQueue {
  #waiting: { readonly cast: Cast; readonly bytes: number }[] = []

  /** @throws LiveStreamError `rate_limited` when as much waits as may be sent in two seconds */
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

  /** What may leave now, and in how many ms to ask again. */
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

/** Nothing answers a cast. */
function pay(bucket: TokenBucket, cost = 1): void {
  bucket.take(cost)
  bucket.settle(cost)
}
