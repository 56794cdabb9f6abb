import type { Result, Row, Spread } from './result'
import { rounded } from './rounds'

/** A result for the terminal: each row with what it is compared with below it. */
export function tableOf({ bench, runs, rows, machine }: Result): string {
  const { cpu, cores, memoryGiB, node, chromium } = machine
  const browser = chromium === undefined ? '' : `, Chromium ${chromium}`
  const title = `${bench}: medians of ${runs} runs (min–max); ${cores} cores of ${cpu}, ${memoryGiB} GiB, Node ${node}${browser}`
  return [title, ...rows.map(blockOf)].join('\n\n')
}

function blockOf({ measure, subject, unit, better, ours, others, at }: Row): string {
  const where = at === undefined ? '' : ` (${at.axis}: ${at.value})`
  const head = `${measure}, ${subject}${where}: ${spreadText(ours)} ${unit}; ${better} is better`
  const width = Math.max(0, ...others.map((other) => other.name.length))
  const lines = others.map(
    (other) =>
      `  ${rounded(other.ratio.median)} × ${other.name.padEnd(width)}  ${spreadText(other.measured)} ${unit}; ` +
      `ratio ${range(other.ratio)}`,
  )
  return [head, ...lines].join('\n')
}

export const spreadText = (spread: Spread): string => `${rounded(spread.median)} (${range(spread)})`

const range = ({ min, max }: Spread): string => `${rounded(min)}–${rounded(max)}`
