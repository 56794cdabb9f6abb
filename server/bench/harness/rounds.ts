// How everything is measured: all subjects in turn, in alternating order, after a round that is thrown away. What disturbs the
// machine for a while then disturbs all of them.
import { type Kind, type Row, type Spread, spreadOf } from './result'

/** What one run of a subject measured, by the keys of the bench's measures. */
export type Readings = Readonly<Record<string, number>>

export type Subject = {
  readonly name: string
  readonly kind: 'ours' | Kind
  /** Measures it once, from the start: nothing of an earlier run is left. */
  readonly measure: () => Promise<Readings>
}

export type Measure = {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly better: Row['better']
}

export type BenchOptions = {
  readonly runs: number
  /** The names of what to compare with, or parts of them; all when there are none. */
  readonly vs: readonly string[]
  /** As small as it can be: to see that the bench works, not to measure. */
  readonly isTiny: boolean
  /** Says how far it is. */
  readonly say: (line: string) => void
}

export type Samples = ReadonlyMap<Subject, readonly Readings[]>

/** Ours and those that were asked for. */
export function chosen<S extends Pick<Subject, 'name' | 'kind'>>(subjects: readonly S[], vs: readonly string[]): S[] {
  const isAsked = (name: string) => vs.some((part) => name.toLowerCase().includes(part.toLowerCase()))
  return subjects.filter(({ name, kind }) => kind === 'ours' || vs.length === 0 || isAsked(name))
}

export async function measureAll(subjects: readonly Subject[], { runs, isTiny, say }: BenchOptions): Promise<Samples> {
  const samples = new Map<Subject, Readings[]>(subjects.map((subject) => [subject, []]))
  for (let round = isTiny ? 1 : 0; round <= runs; round++) {
    const inTurn = round % 2 === 0 ? subjects : [...subjects].reverse()
    for (const subject of inTurn) {
      const readings = await subject.measure()
      const isWarmUp = round === 0
      say(`${isWarmUp ? 'warm-up' : `run ${round} of ${runs}`}, ${subject.name}: ${inWords(readings)}`)
      if (!isWarmUp) samples.get(subject)?.push(readings)
    }
  }
  return samples
}

/** A row for each of ours and each measure, with all others beside it. */
export function rowsOf(samples: Samples, measures: readonly Measure[], at?: Row['at']): Row[] {
  const [ours, others] = [[], []] as [Subject[], Subject[]]
  for (const subject of samples.keys()) (subject.kind === 'ours' ? ours : others).push(subject)
  return measures.flatMap((measure) => ours.map((subject) => rowOf(samples, measure, subject, others, at)))
}

function rowOf(
  samples: Samples,
  { key, title, unit, better }: Measure,
  subject: Subject,
  others: readonly Subject[],
  at?: Row['at'],
): Row {
  const valuesOf = (of: Subject) => (samples.get(of) ?? []).map((readings) => readings[key] ?? Number.NaN)
  const own = valuesOf(subject)
  const compared = others
    .filter((other) => !valuesOf(other).some(Number.isNaN))
    .map((other) => {
      const theirs = valuesOf(other)
      const kind: Kind = other.kind === 'rival' ? 'rival' : 'floor'
      return { name: other.name, kind, measured: spreadOf(theirs), ratio: ratioOf(own, theirs) }
    })
  return {
    measure: title,
    subject: subject.name,
    unit,
    better,
    ours: spreadOf(own),
    others: compared,
    ...(at && { at }),
  }
}

const ratioOf = (own: readonly number[], theirs: readonly number[]): Spread =>
  spreadOf(own.map((value, run) => value / (theirs[run] ?? Number.NaN)))

const inWords = (readings: Readings): string =>
  Object.entries(readings)
    .map(([key, value]) => `${key} ${rounded(value)}`)
    .join(', ')

/** Three digits are all that such figures are worth. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
