import type { Clock } from '../ports/clock'
import { NOTHING, setTimerAt } from '../ports/clock'

/** A fresh token is asked for at most so long before the old one ends, and at most a fifth of its life. */
const AHEAD_MS = 60_000
const AHEAD_SHARE = 0.2
/** A renewed token is not asked for again sooner, however short its life is. */
const PAUSE_MS = 5000
/** How long a connection stays open after its token has expired: a backend may be slow. */
export const GRACE_MS = 30_000

/** For how long a token holds. */
export type TokenLife = {
  /** ms since the epoch. */
  readonly expiresAt: number
  /** Calls back when its key does not count any more, at once if that is so now. Returns what cancels it. */
  readonly onWithdrawn?: ((listener: () => void) => () => void) | undefined
}

export type TokenWatchEvents = {
  /** The token ends at `expiresAt` (ms since the epoch), or its key was withdrawn: it is time for another one. */
  readonly refreshNeeded: (expiresAt: number) => void
  /** It has ended for good, and no other one came. */
  readonly expired: () => void
}

/** Tells when a token is about to end or its key has been withdrawn, and when it has ended for good. */
export class TokenWatch {
  readonly #clock: Clock
  readonly #events: TokenWatchEvents
  #newest: number | undefined
  /** The expiry of the token for which no fresh one was asked yet. */
  #unasked: number | undefined
  #cancelAsk = NOTHING
  #cancelEnd = NOTHING
  #forgetKey = NOTHING

  constructor(clock: Clock, events: TokenWatchEvents) {
    this.#clock = clock
    this.#events = events
  }

  /** Watches another token from now on. One that ends no later is not asked for again. */
  renew({ expiresAt, onWithdrawn }: TokenLife): void {
    this.#forgetKey()
    this.#endBehind(expiresAt)
    // A token function that gives the same token again would be asked ever faster.
    if (this.#newest === undefined || expiresAt > this.#newest) this.#askBefore(expiresAt)
    this.#forgetKey = onWithdrawn?.(() => this.#withdrawn(expiresAt)) ?? NOTHING
  }

  /** Idempotent. */
  stop(): void {
    this.#cancelAsk()
    this.#cancelEnd()
    this.#forgetKey()
  }

  #askBefore(expiresAt: number): void {
    const now = this.#clock.wall()
    const ahead = Math.min(AHEAD_MS, (expiresAt - now) * AHEAD_SHARE)
    const soonest = this.#newest === undefined ? now : now + PAUSE_MS
    this.#newest = expiresAt
    this.#unasked = expiresAt
    this.#cancelAsk()
    this.#cancelAsk = setTimerAt(this.#clock, Math.max(soonest, expiresAt - ahead), () => this.#ask(expiresAt))
  }

  #ask(expiresAt: number): void {
    this.#cancelAsk()
    this.#unasked = undefined
    this.#endBehind(Math.max(expiresAt, this.#clock.wall()))
    this.#events.refreshNeeded(expiresAt)
  }

  #withdrawn(expiresAt: number): void {
    // The next token is another one, though it may end sooner.
    this.#newest = undefined
    this.#unasked = undefined
    this.#cancelAsk()
    const end = Math.min(expiresAt, this.#clock.wall())
    this.#endBehind(end)
    this.#events.refreshNeeded(end)
  }

  #endBehind(end: number): void {
    this.#cancelEnd()
    this.#cancelEnd = setTimerAt(this.#clock, end + GRACE_MS, () => {
      // Where the clock was set past the end, the client has not been asked so far.
      if (this.#unasked === undefined) this.#events.expired()
      else this.#ask(this.#unasked)
    })
  }
}
