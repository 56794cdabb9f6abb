import type { Limits } from '../protocol'
import type { Clock } from './clock'

/** A token bucket: `burst` at once after a pause, then `perSecond`. */
export class Bucket {
  readonly #clock: Clock
  readonly #perMs: number
  readonly #burst: number
  #held: number
  #at: number

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#held = burst
    this.#at = clock.now()
  }

  /** Milliseconds until one more may pass; 0 when it may pass now. */
  waitMs(): number {
    const now = this.#clock.now()
    this.#held = Math.min(this.#burst, this.#held + (now - this.#at) * this.#perMs)
    this.#at = now
    // Sums of small steps fall a hair short of whole numbers.
    return this.#held >= 1 - 1e-6 ? 0 : (1 - this.#held) / this.#perMs
  }

  take(): void {
    this.#held -= 1
  }
}

/** A fifth of every burst stays unused: what the network bunches up on its way must still pass at the server. */
const withSlack = (burst: number): number => Math.max(1, Math.floor(burst * 0.8))

/** The server's rate limits, kept on this side, so that an honest flood (the flush after an outage) is never refused. */
export type Pacing = { readonly chat: Bucket; readonly commands: Bucket; readonly casts: Bucket }

export function pacingOf(limits: Limits, clock: Clock): Pacing {
  return {
    chat: new Bucket(clock, limits.chatPerSecond, withSlack(limits.chatBurst)),
    commands: new Bucket(clock, limits.commandsPerSecond, withSlack(limits.commandBurst)),
    casts: new Bucket(clock, limits.castsPerSecond, withSlack(limits.castBurst)),
  }
}
