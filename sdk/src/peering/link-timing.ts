// How long a link may take to connect, and how long it waits before it starts over.
/** A connection that is not connected, and makes no progress for this long, starts over. */
export const CONNECT_LIMIT_MS = 10_000
/** After failures in a row a connection gets more time, up to this. */
const LONGEST_LIMIT_MS = 40_000

/** An offer without a signal back counts as lost after this time, if the other side asks for another one. Longer than a round trip. */
export const UNANSWERED_MS = 1000
/** After a reconnect of both ends, the first request may arrive before the other end is back. */
export const ASK_AGAIN_MS = UNANSWERED_MS

const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 30_000

/** How long an attempt may make no progress, after this many failures in a row. */
export const connectTimeout = (failures: number): number => Math.min(LONGEST_LIMIT_MS, CONNECT_LIMIT_MS * 2 ** failures)

/**
 * How long a lost link waits before it starts over: doubles with each failure in a row. Half of it is random, so that links that
 * were lost together do not start together.
 * @param failures in a row, this one included: 1 or more
 */
export function restartDelay(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.min(failures - 1, 16))
  return ceiling * (0.5 + random() / 2)
}
