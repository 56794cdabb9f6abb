/** A connection that is not up, and gets no further for this long, starts over. */
export const CONNECT_LIMIT_MS = 10_000
/** What is slow again and again gets more time, up to this. */
const LONGEST_LIMIT_MS = 40_000

/** An offer that got no signal back for so long is lost, where the other side asks for another: more than a round trip takes. */
export const UNANSWERED_MS = 1000
/** Both ends may come back at once, and the first request go to one that is not there yet. */
export const ASK_AGAIN_MS = UNANSWERED_MS

const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 30_000

/** How long a try may make no progress, after so many failures in a row. */
export const connectTimeout = (failures: number): number => Math.min(LONGEST_LIMIT_MS, CONNECT_LIMIT_MS * 2 ** failures)

/**
 * How long a lost link waits before it starts over: doubles with each failure in a row, half of it by chance, so that
 * links that were lost together do not come back together.
 * @param failures in a row, this one included: 1 or more
 */
export function restartDelay(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.min(failures - 1, 16))
  return ceiling * (0.5 + random() / 2)
}
