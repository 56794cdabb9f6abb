// One comes into a room of 19 who publish: until all of their pictures are there, and what that costs the newcomer's page.
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
import type { Room } from './pages/newcomer-page'
import { nameOf, roomTokens } from './room-tokens'

const FULL_ROOM = 19
const TINY_ROOM = 2

type Contestant = PageContestant & {
  readonly slots: Room['slots']
}

const RAW = { kind: 'floor', page: 'raw-newcomer-page', program: 'relay-server' } as const
const CONTESTANTS: readonly Contestant[] = [
  { name: 'sdk', kind: 'ours', page: 'peerstage-newcomer-page', program: 'peerstage-server', slots: 'four slots' },
  { ...RAW, name: 'raw, one track', slots: 'one track' },
  { ...RAW, name: 'raw, four slots', slots: 'four slots' },
]

const MEASURES: readonly Measure[] = [
  { key: 'allFramesMs', title: 'all first frames', unit: 'ms', better: 'less' },
  { key: 'cpuMs', title: "CPU of the newcomer's process", unit: 'ms', better: 'less' },
  { key: 'mainThreadMs', title: "the newcomer's main thread is busy", unit: 'ms', better: 'less' },
]

export const newcomer = (options: BenchOptions): Promise<Row[]> =>
  withBrowser((browser) => newcomerTo(browser, options.isTiny ? TINY_ROOM : FULL_ROOM, options))

/** The rows of a room of so many, before the newcomer. */
export async function newcomerTo(
  browser: BenchBrowser,
  members: number,
  options: BenchOptions,
  at?: Row['at'],
): Promise<Row[]> {
  const subjects = chosen(CONTESTANTS, options.vs).map((contestant) => ({
    ...contestant,
    measure: () => came(browser, contestant, members),
  }))
  return rowsOf(await measureAll(subjects, options), MEASURES, at)
}

async function came(browser: BenchBrowser, contestant: Contestant, members: number): Promise<Readings> {
  const server = new Program(contestant.program)
  const scripts = [await sdkScript(), await pageScript(contestant.page)]
  const [full, one] = [await openPage(browser, scripts), await openPage(browser, scripts)]
  try {
    const [port, tokens] = [await server.ask<number>('port'), await roomTokens('full', members + 1)]
    const room: Room = { port, room: 'full', tokens, members, newcomer: nameOf(members), slots: contestant.slots }
    await within(
      'a room to fill',
      full.evaluate((its) => window.newcomerPage.fill(its), room),
    )
    const usage = await usageMeter(one)
    const before = await usage()
    const come = one.evaluate((its) => window.newcomerPage.come(its), room)
    const allFramesMs = await within('all pictures', come)
    const after = await usage()
    return {
      allFramesMs,
      cpuMs: after.cpuMs - before.cpuMs,
      mainThreadMs: after.mainThreadMs - before.mainThreadMs,
    }
  } finally {
    await Promise.all([full.context().close(), one.context().close(), server.kill()])
  }
}
