import type { Clock } from '../ports/clock'
import { setTimerAt } from '../ports/clock'

/** A fresh token is asked for at most so long before the old one ends, and at most a fifth of its life. */
const AHEAD_MS = 60_000
const AHEAD_SHARE = 0.2
/** A renewed token is not asked for again sooner, however short its life is. */
const PAUSE_MS = 5000
/** How long a connection lives on behind its token's end: a backend may be slow. */
export const GRACE_MS = 30_000

/** For how long a token holds. */
export type TokenLife = {
  /** ms since the epoch. */
  readonly expiresAt: number
  /** Calls back when its key does not count any more, at once if that is so now. Returns what cancels it. */
  readonly onWithdrawn?: ((listener: () => void) => () => void) | undefined
}

export type TokenWatch = {
  /** Watches another token from now on. One that ends no later is not asked for again. */
  renew(life: TokenLife): void
  stop(): void
}

/** Tells when a token is about to end or its key has been withdrawn, and when it has ended for good. */
export function watchToken(
  clock: Clock,
  { refreshNeeded, expired }: { refreshNeeded: (expiresAt: number) => void; expired: () => void },
): TokenWatch {
  let newest: number | undefined
  let cancelAsk = () => {}
  let cancelEnd = () => {}
  let forgetKey = () => {}
  /** The end of the token that a fresh one has yet to be asked for. */
  let unasked: number | undefined
  const endBehind = (end: number) => {
    cancelEnd()
    // Where the clock was set past the end, the client has not been asked so far.
    cancelEnd = setTimerAt(clock, end + GRACE_MS, () => (unasked === undefined ? expired() : ask(unasked)))
  }
  const ask = (expiresAt: number) => {
    cancelAsk()
    unasked = undefined
    endBehind(Math.max(expiresAt, clock.wall()))
    refreshNeeded(expiresAt)
  }
  const withdrawn = (expiresAt: number) => {
    // Whichever token comes next is another one, though it may end sooner.
    newest = undefined
    unasked = undefined
    cancelAsk()
    const end = Math.min(expiresAt, clock.wall())
    endBehind(end)
    refreshNeeded(end)
  }
  return {
    renew({ expiresAt, onWithdrawn }) {
      forgetKey()
      endBehind(expiresAt)
      // A token function that gives the same token again would be asked ever faster.
      if (newest === undefined || expiresAt > newest) {
        const now = clock.wall()
        const ahead = Math.min(AHEAD_MS, (expiresAt - now) * AHEAD_SHARE)
        const soonest = newest === undefined ? now : now + PAUSE_MS
        newest = expiresAt
        cancelAsk()
        unasked = expiresAt
        cancelAsk = setTimerAt(clock, Math.max(soonest, expiresAt - ahead), () => ask(expiresAt))
      }
      forgetKey = onWithdrawn?.(() => withdrawn(expiresAt)) ?? (() => {})
    },
    stop() {
      cancelAsk()
      cancelEnd()
      forgetKey()
    },
  }
}
