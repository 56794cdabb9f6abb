/** The first delay is random, from 0 to this: so the clients of a restarted server do not all connect at the same moment. */
const FIRST_WINDOW_MS = 1_000
const LONGEST_WINDOW_MS = 30_000
/** The delay after a rejection that lasts (room full, locked or absent): this long, and up to twice as long. */
const SLOW_MS = 15_000
/** The longest delay that a server can ask for. */
const LONGEST_SERVER_DELAY_MS = 3_600_000

type BackoffHints = {
  /** The room rejects for now: it is full, locked or absent. */
  slowly?: boolean
  /** The delay that the server asked for: the next try is not earlier. */
  retryAfterMs?: number | undefined
}

/**
 * How long to wait before the next try, in ms. Full jitter: anywhere from 0 to a window that doubles from 1 s to 30 s.
 *
 * @param failures how many tries failed before this wait, counted from 0
 * @param random from 0 (included) to 1 (excluded)
 */
export function backoffMs(failures: number, random: number, hints: BackoffHints = {}): number {
  const window = Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS * 2 ** Math.min(failures, 16))
  const own = hints.slowly ? SLOW_MS * (1 + random) : window * random
  const asked = hints.retryAfterMs
  if (asked === undefined || !(asked > 0)) return own
  return Math.min(asked, LONGEST_SERVER_DELAY_MS) + FIRST_WINDOW_MS * random
}
