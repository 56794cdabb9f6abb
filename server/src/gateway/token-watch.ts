import { setAlarm } from '../hosting/alarm'
import type { Clock } from '../hosting/ports'

/** A fresh token is asked for at most so long before the old one ends, and at most a fifth of its life. */
const AHEAD_MS = 60_000
const AHEAD_SHARE = 0.2
/** A renewed token is not asked for again sooner, however short its life is. */
const PAUSE_MS = 5000
/** How long a connection lives on behind its token's end: a backend may be slow. */
const GRACE_MS = 30_000

export type TokenWatch = {
  /** Watches another token from now on. `expiresAt` in ms since the epoch. One that ends no later is not asked for again. */
  renew(expiresAt: number): void
  stop(): void
}

/** Tells when a token is about to end, and when it has ended for good. */
export function watchToken(
  clock: Clock,
  { refreshNeeded, expired }: { refreshNeeded: (expiresAt: number) => void; expired: () => void },
): TokenWatch {
  let newest: number | undefined
  let cancelAsk = () => {}
  let cancelEnd = () => {}
  return {
    renew(expiresAt) {
      cancelEnd()
      cancelEnd = setAlarm(clock, expiresAt + GRACE_MS, expired)
      // A token function that gives the same token again would be asked ever faster.
      if (newest !== undefined && expiresAt <= newest) return
      const now = clock.now()
      const ahead = Math.min(AHEAD_MS, (expiresAt - now) * AHEAD_SHARE)
      const soonest = newest === undefined ? now : now + PAUSE_MS
      newest = expiresAt
      cancelAsk()
      cancelAsk = setAlarm(clock, Math.max(soonest, expiresAt - ahead), () => refreshNeeded(expiresAt))
    },
    stop() {
      cancelAsk()
      cancelEnd()
    },
  }
}
