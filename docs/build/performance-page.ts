// docs/performance.md and its plots, from the results that `npm run bench:report` leaves in docs/performance.
import { existsSync, readFileSync } from 'node:fs'
import manifest from '../../package.json'
import type { Compared, Result, Row, Spread } from '../../server/bench/harness/result'
import { code, generatedFrom, page, table } from './markdown'
import { barPlot, linePlot, seriesOf, short } from './plot'

/** A page or a plot, by its path. */
type Written = { readonly path: string; readonly text: string }

const FOLDER = 'docs/performance'

type Section = { readonly bench: string; readonly title: string; readonly text: string }

const SECTIONS: readonly Section[] = [
  {
    bench: 'join',
    title: 'Joining',
    text: `From the call of \`join()\` to the host's first picture. Both pages are fresh in each run, so all code is cold; camera and
microphone are captured before. After \`prepare()\` half a second passes, as on a prejoin screen. "Connection" is the time until the first
\`RTCPeerConnection\` is connected. Each library is used as its own documentation shows it. The raw floors are bare connections with our
codecs and \`max-bundle\`; they send candidates as they come, and the newcomer makes its offer while the socket opens.`,
  },
  {
    bench: 'newcomer',
    title: 'A newcomer among 19 pictures',
    text: `A participant joins a room in which 19 others publish a small picture. The others are real clients in another page; they see
the newcomer alone, because otherwise their 171 links would be measured. With the raw floors too those in the room make the offers.`,
  },
  {
    bench: 'mesh',
    title: 'A room of 20 in one page',
    text: `20 clients in one page join without media, and all 190 links connect. With the raw floors all sockets are open before the
first offer.`,
  },
  {
    bench: 'fanout',
    title: 'Fan-out at saturation',
    text: `500 sockets in rooms of 20. Each sends a chat text as soon as it has received its own last one, so the server always has work.
A delivery is one text at one socket. The server and the load have a process each. The CPU for a delivery is the most stable figure: it hardly
depends on other work on the machine. Ours verifies, logs and answers each text; Socket.IO and \`ws\` only pass it on.`,
  },
  {
    bench: 'latency',
    title: 'Latency at 40,000 deliveries a second',
    text: `The same rooms at a fixed rate. A latency is the time from the write of the text to its arrival at one socket, both in the
load's process. The 99 % of the median quarter of a second leaves out what the machine did for a moment.`,
  },
  {
    bench: 'idle',
    title: 'Memory and the cost of joining',
    text: `5,000 sockets that do nothing, after garbage collection. Ours are participants with verified tokens in rooms of 20, which are
told of each newcomer; the others are bare sockets.`,
  },
  {
    bench: 'reconnect',
    title: 'After a crash',
    text: `2,000 participants chat in rooms of 20, on SQLite. The server is killed (SIGKILL) and a new process starts. Each client
waits as the SDK does, a random time from a window that begins at one second, and sends again what has no reply. At the end each text must be at
each participant of its room exactly once. The restart with 10,000 rooms loads each of them with one participant.`,
  },
  {
    bench: 'size',
    title: 'Size',
    text: `The file for a script tag, and what esbuild makes of an import: what a page loads at first, and with the chunks that it may
load later.`,
  },
  {
    bench: 'growth',
    title: 'How costs grow',
    text: `What is to hold: a join costs as much as the links that it makes; a text costs at most as much as its audience; memory grows with
the participants. Rooms that are open already, and texts that were said before, add nothing to a join or a text.`,
  },
]

const RIVALS = ['peerjs', 'peer', 'simple-peer', 'socket.io', '@trystero-p2p/core'] as const

/** The page and its plots; nothing while no results are there. */
export function performancePages(): Written[] {
  const found = SECTIONS.flatMap((section) => {
    const result = resultOf(section.bench)
    return result === undefined ? [] : [{ section, result, plots: plotsOf(result) }]
  })
  if (found.length === 0) return []
  const sections = found.map(({ section, result, plots }) => sectionText(section, result, plots))
  const text = page(
    generatedFrom('docs/performance/*.json'),
    introduction(found.map(({ result }) => result)),
    ...sections,
  )
  return [{ path: 'docs/performance.md', text }, ...found.flatMap(({ plots }) => plots)]
}

function resultOf(bench: string): Result | undefined {
  const path = `${FOLDER}/${bench}.json`
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

function introduction(results: readonly Result[]): string {
  const machines = [...new Set(results.map(({ machine }) => machineText(machine)))]
  const chromium = results.find(({ machine }) => machine.chromium !== undefined)?.machine.chromium
  const rivals = RIVALS.map((name) => `${name} ${manifest.devDependencies[name]}`)
  return `# Performance

\`npm run bench -- NAME\` measures Peerstage beside other libraries, and beside what the platform needs at least: bare \`RTCPeerConnection\`s and
bare \`ws\` sockets. \`npm run bench:report\` runs all benches and writes this page.

How it is measured:

- All subjects take turns in each run, in alternating order; a first run is thrown away. Figures are medians, with the least and the most in brackets.
- A ratio is ours divided by the other's. It is taken within each run, because both then met the same machine; the median of them is shown. Below 1 is
  better for ours where less is better, above 1 where more is better. Times depend on the machine: compare ratios.
- Each server has a process of its own, and what loads it another one. Nothing of a run is left for the next one.
- Signaling passes a TCP proxy that delays each direction by 25 ms where the table says 50 ms. Media goes over loopback.
- Our server is the built package with its limits raised; it verifies a token for each join. The others have no such work.

Machine: ${machines.join('; ')}.${chromium === undefined ? '' : ` Chromium ${chromium}.`} Versions: ${rivals.join(', ')}.`
}

const machineText = ({ cores, cpu, memoryGiB, system, node }: Result['machine']): string =>
  `${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}`

function sectionText({ title, text, bench }: Section, { rows, runs }: Result, plots: readonly Written[]): string {
  const images = plots.map(({ path }) => `![${title}](${path.replace('docs/', '')})`)
  const command = `${code(`npm run bench -- ${bench}`)}, ${runs === 1 ? 'one run' : `medians of ${runs} runs`}:`
  return page(`## ${title}`, text, ...images, command, tableOf(rows)).trimEnd()
}

function tableOf(rows: readonly Row[]): string {
  const axes = [...new Set(rows.flatMap(({ at }) => at?.axis ?? []))]
  if (axes.length > 0) return axes.map((axis) => growthTable(axis, rows)).join('\n\n')
  const others = [...new Set(rows.flatMap((row) => row.others.map(({ name }) => name)))]
  return table(
    ['', 'Peerstage', ...others],
    rows.map((row) => [
      `${row.measure}, ${row.subject}, ${row.unit}`,
      `**${spreadText(row.ours)}**`,
      ...others.map((name) => comparedText(row.others.find((other) => other.name === name))),
    ]),
  )
}

/** All subjects over the values of one axis. */
function growthTable(axis: string, all: readonly Row[]): string {
  const rows = all.filter(({ at }) => at?.axis === axis)
  const values = [...new Set(rows.flatMap(({ at }) => at?.value ?? []))]
  const series = seriesOf(rows, (subject, { measure, unit }) => `${measure}, ${subject}, ${unit}`)
  return table(
    [axis, ...values.map(short)],
    series.map(({ name, points }) => [name, ...points.map(([, { median }]) => short(median))]),
  )
}

const comparedText = (other: Compared | undefined): string =>
  other === undefined ? '' : `${spreadText(other.measured)}; ${short(other.ratio.median)} ×`

function spreadText({ median, min, max }: Spread): string {
  if (min === max) return short(median)
  return `${short(median)} (${short(min)}–${short(max)})`
}

/** One for the first measure of a bench; for growth one for each measure. */
function plotsOf({ bench, rows }: Result): Written[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${row.at?.axis ?? ''}|${row.measure}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const [first] = groups.values()
  if (first === undefined) return []
  if (first[0]?.at === undefined)
    return [{ path: `${FOLDER}/${bench}.svg`, text: barPlot(first[0]?.measure ?? '', first) }]
  return [...groups.values()].map((group, index) => ({
    path: `${FOLDER}/${bench}-${index + 1}.svg`,
    text: linePlot(group[0]?.measure ?? '', group),
  }))
}
