// The server's rate limits, kept by the client: the token buckets, and the casts that wait for theirs.
import { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import type { Request } from '../ports/requests'
import { type Cast, encodeMessage, type Limits, utf8Bytes } from '../protocol'

/**
 * A token bucket: `burst` at once after a pause, then `perSecond`. Its tokens come back only after an answer: the network may
 * delay messages and deliver them all at once, and only the answer proves that the server's own bucket fills again. So this bucket
 * never holds more than the server's.
 */
export class TokenBucket {
  readonly #clock: Clock
  readonly #perMs: number
  readonly #burst: number
  #held: number
  #unanswered = 0
  #pausedUntil = Number.NEGATIVE_INFINITY
  #at: number

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#held = burst
    this.#at = clock.now()
  }

  /** Milliseconds until `cost` may be taken: 0 for now, infinite if an answer must come first. */
  waitMs(cost = 1): number {
    this.#refill()
    const pause = this.#pausedUntil - this.#clock.now()
    if (pause > 0) return pause
    // No bucket holds more than a burst. The tolerance is for rounding errors of floating-point sums.
    const missing = Math.min(cost, this.#burst) - this.#held
    if (missing <= 1e-6) return 0
    return this.#unanswered >= this.#burst ? Number.POSITIVE_INFINITY : missing / this.#perMs
  }

  /** Nothing may be taken for this time. */
  pause(ms: number): void {
    this.#pausedUntil = this.#clock.now() + ms
  }

  take(cost = 1): void {
    this.#held -= cost
    this.#unanswered += cost
  }

  /** This many were answered; without a number: all, as the connection is gone. */
  settle(count = this.#unanswered): void {
    this.#refill()
    this.#unanswered = Math.max(0, this.#unanswered - count)
  }

  #refill(): void {
    const now = this.#clock.now()
    const filled = this.#held + (now - this.#at) * this.#perMs
    this.#held = Math.max(this.#held, Math.min(this.#burst - this.#unanswered, filled))
    this.#at = now
  }
}

/** A fifth of each burst stays unused: a cast has no answer, and the network may deliver several at once. */
const withSlack = (burst: number): number => Math.max(1, Math.floor(burst * 0.8))

/** The server's rate limits, kept by the client, so that the server does not reject what is sent at once after an outage. */
export type RateLimiters = {
  readonly chat: TokenBucket
  readonly commands: TokenBucket
  readonly casts: TokenBucket
  readonly castBytes: TokenBucket
}

export function rateLimitersOf(limits: Limits, clock: Clock): RateLimiters {
  return {
    chat: new TokenBucket(clock, limits.chatPerSecond, withSlack(limits.chatBurst)),
    commands: new TokenBucket(clock, limits.commandsPerSecond, withSlack(limits.commandBurst)),
    casts: new TokenBucket(clock, limits.castsPerSecond, withSlack(limits.castBurst)),
    castBytes: new TokenBucket(clock, limits.castBytesPerSecond, withSlack(limits.castByteBurst)),
  }
}

/** A command is sent. */
export function pay({ chat, commands }: RateLimiters, { type }: Request): void {
  commands.take()
  if (type === 'chat.send') chat.take()
}

/** A command was answered. */
export function settle({ chat, commands }: RateLimiters, { type }: Request): void {
  commands.settle(1)
  if (type === 'chat.send') chat.settle(1)
}

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
      payCast(count)
      payCast(castBytes, bytes)
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
function payCast(bucket: TokenBucket, cost = 1): void {
  bucket.take(cost)
  bucket.settle(cost)
}
