/** A whole number from `least` to `most`. */
export const between = (least: number, most: number): number => least + Math.floor(Math.random() * (most - least + 1))

export const oneOf = <T>(all: readonly T[]): T | undefined => all[between(0, all.length - 1)]

/** One of several, each as often as its weight says. */
export function weighted<T>(all: readonly (readonly [weight: number, what: T])[]): T {
  let left = Math.random() * all.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, what] of all) {
    left -= weight
    if (left < 0) return what
  }
  throw new Error('there is nothing to choose from')
}

/** A soak takes its time: this is what people do between two actions. */
export const pause = (leastMs: number, mostMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, between(leastMs, mostMs)))
