// Plots as SVG, drawn by hand: bars for what is measured side by side, lines for what grows.
import type { Row, Spread } from '../../server/bench/harness/result'

const WIDTH = 760
const FONT = 'font-family="system-ui, sans-serif" font-size="12"'
const INK = '#24292f'
const FAINT = '#d0d7de'
const COLORS = { ours: '#1d6b4f', rival: '#8a5a00', floor: '#6e7781' } as const
const LINE_COLORS = ['#1d6b4f', '#8a5a00', '#0b5cad', '#a3245f', '#6e7781', '#4b3f8f']

type Bar = { readonly name: string; readonly kind: keyof typeof COLORS; readonly spread: Spread }

/** Bars from 0 for the rows of one unit, each with what it is compared with; a thin line from the least to the most. */
export function barPlot(title: string, rows: readonly Row[]): string {
  const bars = barsOf(rows)
  const [left, right, top, step] = [250, 110, 34, 24]
  const most = Math.max(...bars.map(({ spread }) => spread.max))
  const x = (value: number) => left + ((WIDTH - left - right) * value) / most
  const parts = bars.map(({ name, kind, spread }, index) => {
    const y = top + index * step
    const middle = y + step / 2 - 3
    return [
      text(left - 8, middle + 4, name, 'end'),
      `<rect x="${left}" y="${y}" width="${n(x(spread.median) - left)}" height="${step - 6}" fill="${COLORS[kind]}"/>`,
      `<path d="M${n(x(spread.min))} ${middle}H${n(x(spread.max))}" stroke="${INK}" stroke-width="1.5"/>`,
      text(x(spread.max) + 6, middle + 4, `${short(spread.median)} ${rows[0]?.unit ?? ''}`, 'start'),
    ].join('')
  })
  return svg(top + bars.length * step + 8, [text(8, 20, title, 'start', 'bold'), ...parts])
}

/** All of ours, then each of the others once. */
function barsOf(rows: readonly Row[]): Bar[] {
  const ours = rows.map(({ subject, ours: spread }): Bar => ({ name: subject, kind: 'ours', spread }))
  const others = new Map(rows.flatMap((row) => row.others.map((other) => [other.name, other] as const)))
  return [...ours, ...[...others.values()].map(({ name, kind, measured: spread }): Bar => ({ name, kind, spread }))]
}

export type Series = { readonly name: string; readonly points: readonly (readonly [number, Spread])[] }

/** A line for each of ours and of the others over what the bench varies. */
export function linePlot(title: string, rows: readonly Row[]): string {
  const series = seriesOf(rows, (subject) => subject)
  const points = series.flatMap((each) => each.points)
  const [ats, values] = [points.map(([at]) => at), points.map(([, { median }]) => median)]
  const isWide = spansMuch(ats)
  const x = scale(ats, isWide, 60, WIDTH - 250)
  const y = scale(values, isWide && spansMuch(values), 250, 46)
  const axis = [
    `<path d="M60 46V250H${WIDTH - 250}" fill="none" stroke="${FAINT}"/>`,
    ...[...new Set(ats)].map((at) => text(x(at), 268, short(at), 'middle')),
    ...[Math.min(...values), Math.max(...values)].map((tick) => text(54, y(tick) + 4, short(tick), 'end')),
    text((WIDTH - 190) / 2, 288, `${rows[0]?.at?.axis ?? ''}${isWide ? ' (logarithmic)' : ''}`, 'middle'),
  ]
  const lines = series.map((each, index) => lineOf(each, index, x, y))
  return svg(300, [text(8, 20, `${title}, ${rows[0]?.unit ?? ''}`, 'start', 'bold'), ...axis, ...lines])
}

type Scale = (value: number) => number

function lineOf({ name, points }: Series, index: number, x: Scale, y: Scale): string {
  const color = LINE_COLORS[index % LINE_COLORS.length] ?? INK
  const path = points.map(([at, { median }], i) => `${i === 0 ? 'M' : 'L'}${n(x(at))} ${n(y(median))}`).join('')
  const dots = points.map(([at, { median }]) => `<circle cx="${n(x(at))}" cy="${n(y(median))}" r="3" fill="${color}"/>`)
  const place = 52 + index * 22
  const label = `<rect x="${WIDTH - 225}" y="${place}" width="12" height="12" fill="${color}"/>`
  const line = `<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/>`
  return [line, ...dots, label, text(WIDTH - 207, place + 10, name, 'start')].join('')
}

/** What was measured over what the bench varies, by subject. `nameOf`: what a subject of a row is called. */
export function seriesOf(rows: readonly Row[], nameOf: (subject: string, row: Row) => string): readonly Series[] {
  const found = new Map<string, Map<number, Spread>>()
  const add = (name: string, row: Row, spread: Spread): void => {
    const points = found.get(name) ?? new Map<number, Spread>()
    found.set(name, points.set(row.at?.value ?? 0, spread))
  }
  for (const row of rows) {
    add(nameOf(row.subject, row), row, row.ours)
    // Beside each row of ours stand the same others.
    for (const other of row.others) add(nameOf(other.name, row), row, other.measured)
  }
  return [...found].map(([name, points]) => ({ name, points: [...points] }))
}

/** Whether values span so much that only a logarithmic axis shows all of them. */
function spansMuch(values: readonly number[]): boolean {
  const positive = values.filter((value) => value > 0)
  return Math.max(...positive) / Math.min(...positive) > 20
}

/** From values to pixels. On a logarithmic axis 0 stands a tenth below the least. */
function scale(values: readonly number[], isLogarithmic: boolean, from: number, to: number): (value: number) => number {
  const positive = values.filter((value) => value > 0)
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  if (!isLogarithmic) return (value) => from + ((to - from) * value) / most
  const start = values.some((value) => value <= 0) ? least / 10 : least
  const log = (value: number) => Math.log(Math.max(value, start) / start) / Math.log(most / start)
  return (value) => from + (to - from) * log(value)
}

const svg = (height: number, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">\n` +
  `<rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`

const text = (x: number, y: number, content: string, anchor: string, weight = 'normal'): string =>
  `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}" font-weight="${weight}" fill="${INK}" ${FONT}>${escaped(content)}</text>`

const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const n = (value: number): string => String(Math.round(value * 10) / 10)

/** Three digits are all that such figures are worth. */
export function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
