import { LiveStreamError } from '../errors'
import type { Cast, Limits } from '../protocol'
import type { Bucket } from './pacing'

/** Casts that wait for the pace the server allows. They are for the moment: when too many wait, a new one is refused. */
export class CastQueue {
  #waiting: Cast[] = []

  /** @throws LiveStreamError `rate_limited` when as many wait as may be sent in two seconds */
  add(cast: Cast, { castsPerSecond }: Limits): void {
    if (this.#waiting.length >= 2 * castsPerSecond) {
      throw new LiveStreamError('rate_limited', 'Too many reactions or app messages at once.', {
        retryable: true,
        retryAfterMs: 1000,
      })
    }
    this.#waiting.push(cast)
  }

  /** What may leave now, and in how many ms to ask again. */
  take(bucket: Bucket): { casts: Cast[]; waitMs: number | undefined } {
    const casts: Cast[] = []
    while (this.#waiting.length > 0) {
      const wait = bucket.waitMs()
      if (wait > 0) return { casts, waitMs: wait }
      bucket.take()
      bucket.settle(1)
      casts.push(...this.#waiting.splice(0, 1))
    }
    return { casts, waitMs: undefined }
  }

  clear(): void {
    this.#waiting = []
  }
}
