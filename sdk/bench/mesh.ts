// A room of 20 in one page, all linked with all, without media: what signaling and connections alone take.
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
import { type BenchBrowser, openPage, pageScript, sdkScript, withBrowser, within } from './bench-browser'
import type { PageContestant } from './contestant'
import { usageMeter } from './page-usage'
import type { MeshRoom } from './pages/mesh-page'
import { roomTokens } from './room-tokens'

const FULL_ROOM = 20
const TINY_ROOM = 2

type Contestant = PageContestant & {
  readonly slots: MeshRoom['slots']
}

const RAW = { kind: 'floor', page: 'raw-mesh-page', program: 'relay-server' } as const
const CONTESTANTS: readonly Contestant[] = [
  { name: 'sdk', kind: 'ours', page: 'peerstage-mesh-page', program: 'peerstage-server', slots: 'four slots' },
  { ...RAW, name: 'raw, four slots', slots: 'four slots' },
  { ...RAW, name: 'raw, data channels alone', slots: 'data channel' },
]

const measuresFor = (members: number): readonly Measure[] => {
  const links = (members * (members - 1)) / 2
  return [
    { key: 'linkedMs', title: `all ${links} links of ${members}`, unit: 'ms', better: 'less' },
    { key: 'cpuMs', title: "CPU of the page's process", unit: 'ms', better: 'less' },
    { key: 'mainThreadMs', title: 'the main thread is busy', unit: 'ms', better: 'less' },
  ]
}

export const mesh = (options: BenchOptions): Promise<Row[]> =>
  withBrowser(async (browser) => {
    const members = options.isTiny ? TINY_ROOM : FULL_ROOM
    const subjects = chosen(CONTESTANTS, options.vs).map((contestant) => ({
      ...contestant,
      measure: () => connected(browser, contestant, members),
    }))
    return rowsOf(await measureAll(subjects, options), measuresFor(members))
  })

async function connected(browser: BenchBrowser, contestant: Contestant, members: number): Promise<Readings> {
  const server = new Program(contestant.program)
  const page = await openPage(browser, [await sdkScript(), await pageScript(contestant.page)])
  try {
    const [port, tokens] = [await server.ask<number>('port'), await roomTokens('full', members)]
    const room: MeshRoom = { port, room: 'full', tokens, members, slots: contestant.slots }
    const usage = await usageMeter(page)
    const before = await usage()
    const linkedMs = await within(
      'all links',
      page.evaluate((its) => window.meshPage.connect(its), room),
    )
    const after = await usage()
    return { linkedMs, cpuMs: after.cpuMs - before.cpuMs, mainThreadMs: after.mainThreadMs - before.mainThreadMs }
  } finally {
    await Promise.all([page.context().close(), server.kill()])
  }
}
