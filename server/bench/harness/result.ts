import type { Machine } from './machine'

/** The median of some runs, and how far they lie apart. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number }

/** What ours is compared with: another library that does the same, or the least that the platform needs for it. */
export type Kind = 'rival' | 'floor'

export type Compared = {
  readonly name: string
  readonly kind: Kind
  readonly measured: Spread
  /** Ours divided by theirs: the median over the runs of the ratios within each run. */
  readonly ratio: Spread
}

export type Row = {
  /** What is measured, under what conditions. */
  readonly measure: string
  /** Which of ours. */
  readonly subject: string
  readonly unit: string
  readonly better: 'more' | 'less'
  readonly ours: Spread
  readonly others: readonly Compared[]
  /** For a plot: the value on the axis that the bench varies. */
  readonly at?: { readonly axis: string; readonly value: number }
}

export type Result = {
  readonly bench: string
  readonly runs: number
  readonly rows: readonly Row[]
  readonly machine: Machine
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = (at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle) - 1)) / 2
  return { median, min: at(sorted, 0), max: at(sorted, sorted.length - 1) }
}

/** The value below which a share of all values lies. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const at = (values: readonly number[], index: number): number => values[index] ?? Number.NaN
