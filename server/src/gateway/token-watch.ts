import { setAlarm } from '../hosting/alarm'
import type { Clock } from '../hosting/ports'

/** A fresh token is asked for at most so long before the old one ends, and at most a fifth of its life. */
const AHEAD_MS = 60_000
const AHEAD_SHARE = 0.2
/** How long a connection lives on behind its token's end: a backend may be slow. */
const GRACE_MS = 30_000

export type TokenWatch = {
  /** Watches another token from now on. `expiresAt` in ms since the epoch. */
  renew(expiresAt: number): void
  stop(): void
}

/** Tells when a token is about to end, and when it has ended for good. */
export function watchToken(
  clock: Clock,
  { refreshNeeded, expired }: { refreshNeeded: (expiresAt: number) => void; expired: () => void },
): TokenWatch {
  let cancels: (() => void)[] = []
  const stop = () => {
    for (const cancel of cancels) cancel()
    cancels = []
  }
  return {
    renew(expiresAt) {
      stop()
      const now = clock.now()
      const ahead = Math.min(AHEAD_MS, (expiresAt - now) * AHEAD_SHARE)
      cancels = [
        setAlarm(clock, expiresAt - ahead, () => refreshNeeded(expiresAt)),
        setAlarm(clock, expiresAt + GRACE_MS, expired),
      ]
    },
    stop,
  }
}
