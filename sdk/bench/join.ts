// From the call of join to the host's first picture: cold pages, media captured. Each run has fresh pages on both sides.
import { Program } from '../../server/bench/harness/program'
import type { Row } from '../../server/bench/harness/result'
import {
  type BenchOptions,
  chosen,
  type Measure,
  measureAll,
  type Readings,
  rowsOf,
} from '../../server/bench/harness/rounds'
import { TcpDelay } from '../../server/bench/harness/tcp-delay'
import { type BenchBrowser, openPage, pageScript, sdkScript, withBrowser, within } from './bench-browser'
import type { PageContestant } from './contestant'
import type { JoinTarget } from './pages/join-page'
import { roomTokens } from './room-tokens'

type Contestant = PageContestant & {
  readonly raw?: JoinTarget['raw']
  readonly isPrepared?: true
}

const CONTESTANTS: readonly Contestant[] = [
  { name: 'cold', kind: 'ours', page: 'peerstage-page', program: 'peerstage-server' },
  { name: 'after prepare()', kind: 'ours', page: 'peerstage-page', program: 'peerstage-server', isPrepared: true },
  { name: 'PeerJS', kind: 'rival', page: 'peerjs-page', program: 'peer-server' },
  { name: 'simple-peer', kind: 'rival', page: 'simple-peer-page', program: 'relay-server' },
  { name: 'Trystero', kind: 'rival', page: 'trystero-page', program: 'relay-server' },
  ...(['one track', 'four slots'] as const).flatMap((slots) =>
    (['newcomer', 'host'] as const).map((offerer) => ({
      name: `raw, ${slots}, ${offerer} offers`,
      kind: 'floor' as const,
      page: 'raw-page',
      program: 'relay-server',
      raw: { slots, offerer },
    })),
  ),
]

const MEASURES = [
  { key: 'firstFrameMs', title: 'join to first frame', unit: 'ms', better: 'less' },
  { key: 'connectedMs', title: 'join to connection', unit: 'ms', better: 'less' },
] as const

/** Each way: 50 ms for a round trip. */
const DELAYS_MS = [25, 0]
const TINY_DELAYS_MS = [1]

export async function join(options: BenchOptions): Promise<Row[]> {
  const contestants = chosen(CONTESTANTS, options.vs)
  const names = [...new Set(contestants.map(({ program }) => program))]
  const programs = new Map(names.map((name) => [name, new Program(name)] as const))
  try {
    return await withBrowser(async (browser) => {
      const rows: Row[] = []
      for (const delayMs of options.isTiny ? TINY_DELAYS_MS : DELAYS_MS)
        rows.push(...(await compared(browser, contestants, programs, delayMs, options)))
      return rows
    })
  } finally {
    await Promise.all([...programs.values()].map((program) => program.kill()))
  }
}

async function compared(
  browser: BenchBrowser,
  contestants: readonly Contestant[],
  programs: ReadonlyMap<string, Program>,
  delayMs: number,
  options: BenchOptions,
): Promise<Row[]> {
  const wires: TcpDelay[] = []
  const subjects = await Promise.all(
    contestants.map(async (contestant) => {
      const port = (await programs.get(contestant.program)?.ask<number>('port')) ?? 0
      const wire = await TcpDelay.to(port, delayMs)
      wires.push(wire)
      const scripts = await scriptsOf(contestant)
      return { ...contestant, measure: () => joinedAtLast(browser, scripts, contestant, wire.port) }
    }),
  )
  const samples = await measureAll(subjects, options)
  for (const wire of wires) wire.close()
  const where = delayMs === 0 ? 'loopback' : `${2 * delayMs} ms RTT signaling`
  return rowsOf(
    samples,
    MEASURES.map((measure): Measure => ({ ...measure, title: `${measure.title}, ${where}` })),
  )
}

const scriptsOf = async ({ page }: Contestant): Promise<string[]> => [
  ...(page === 'peerstage-page' ? [await sdkScript()] : []),
  await pageScript(page),
]

/** A join of a rival that takes so long never comes: seen with Trystero, once in some hundred. */
const LOST_JOIN_MS = 30_000

/** Measures a join. One that a rival loses is not its figure: it is measured again, once. One that ours loses is a failure. */
async function joinedAtLast(...measured: Parameters<typeof joined>): Promise<Readings> {
  const [, , { kind, name }] = measured
  if (kind !== 'rival') return joined(...measured)
  return joined(...measured).catch((error: Error) => {
    process.stderr.write(`${name} again: ${error.message}\n`)
    return joined(...measured)
  })
}

let lastRoom = 0

async function joined(
  browser: BenchBrowser,
  scripts: string[],
  contestant: Contestant,
  port: number,
): Promise<Readings> {
  const room = `room-${++lastRoom}`
  const [hosts = '', newcomers = ''] = await roomTokens(room, 2)
  const tokens = { host: hosts, newcomer: newcomers }
  const target: JoinTarget = { port, room, tokens, ...(contestant.raw && { raw: contestant.raw }) }
  const host = await openPage(browser, scripts)
  const newcomer = await openPage(browser, scripts)
  try {
    for (const page of [host, newcomer]) await page.evaluate(() => window.joinPage.capture())
    await host.evaluate((at) => window.joinPage.host(at), target)
    if (contestant.isPrepared) await newcomer.evaluate((at) => window.joinPage.prepare?.(at), target)
    const joining = newcomer.evaluate((at) => window.joinPage.join(at), target)
    return await within(`${contestant.name} to join`, joining, contestant.kind === 'rival' ? LOST_JOIN_MS : undefined)
  } finally {
    await Promise.all([host.context().close(), newcomer.context().close()])
  }
}
