const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long a lost link waits before it starts over: doubles with each failure in a row, half of it by chance, so that
 * links that were lost together do not come back together.
 * @param failures in a row, this one included: 1 or more
 */
export function restartDelay(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  return ceiling * (0.5 + random() / 2)
}
