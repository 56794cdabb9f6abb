import type { Clock } from '../ports/clock'
import { NOTHING } from '../ports/clock'
import { WallTimer, type WallTimers } from '../ports/wall-timers'

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

/** What happens to the token of a connection. */
export interface TokenWatchEvents {
  /** The token ends at `expiresAt` (ms since the epoch), or its key was withdrawn: it is time for another one. */
  refreshNeeded(expiresAt: number): void
  /** It has ended for good, and no other one came. */
  expired(): void
}

export type TokenWatchPorts = { readonly clock: Pick<Clock, 'wall'>; readonly timers: WallTimers }

/** Tells when a token is about to end or its key has been withdrawn, and when it has ended for good. */
export class TokenWatch extends WallTimer {
  readonly #ports: TokenWatchPorts
  readonly #events: TokenWatchEvents
  /** The expiry of the token that ends last. */
  #newest: number | undefined
  /** When to ask for a fresh one; undefined once that is done. */
  #askAt: number | undefined
  /** When the token has ended for good. */
  #endAt = 0
  #forgetKey = NOTHING

  constructor(ports: TokenWatchPorts, events: TokenWatchEvents) {
    super()
    this.#ports = ports
    this.#events = events
  }

  /** Watches another token from now on. One that ends no later is not asked for again. */
  renew({ expiresAt, onWithdrawn }: TokenLife): void {
    this.#forgetKey()
    this.#endAt = expiresAt + GRACE_MS
    // A token function that gives the same token again would be asked ever faster.
    if (this.#newest === undefined || expiresAt > this.#newest) this.#askBefore(expiresAt)
    this.#arm()
    this.#forgetKey = onWithdrawn?.(() => this.#withdrawn(expiresAt)) ?? NOTHING
  }

  /** Idempotent. */
  stop(): void {
    this.#ports.timers.clear(this)
    this.#forgetKey()
  }

  /** Where the clock was set past the end, the client has not been asked so far. */
  override fire(): void {
    if (this.#askAt === undefined || this.#newest === undefined) return this.#events.expired()
    this.#askAt = undefined
    this.#ask(this.#newest, Math.max(this.#newest, this.#ports.clock.wall()))
  }

  #askBefore(expiresAt: number): void {
    const now = this.#ports.clock.wall()
    const ahead = Math.min(AHEAD_MS, (expiresAt - now) * AHEAD_SHARE)
    const soonest = this.#newest === undefined ? now : now + PAUSE_MS
    this.#newest = expiresAt
    this.#askAt = Math.max(soonest, expiresAt - ahead)
  }

  #withdrawn(expiresAt: number): void {
    // The next token is another one, though it may end sooner.
    this.#newest = undefined
    this.#askAt = undefined
    const end = Math.min(expiresAt, this.#ports.clock.wall())
    this.#ask(end, end)
  }

  /** Asks for a token in place of one that expires then; that one has ended for good in half a minute after `end`. */
  #ask(expiresAt: number, end: number): void {
    this.#endAt = end + GRACE_MS
    this.#arm()
    this.#events.refreshNeeded(expiresAt)
  }

  #arm(): void {
    this.#ports.timers.set(this, Math.min(this.#askAt ?? Number.POSITIVE_INFINITY, this.#endAt))
  }
}
