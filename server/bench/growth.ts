// How the costs of a server grow: a text with its audience, a join with the rooms there are, memory with the participants, and
// both with what was said before.
import { type Contestant, MEMORY, type Pair, SOCKET_IO, SQLITE, subjectOf } from './contestants'
import { type FanoutSize, saturated } from './fanout'
import type { Row } from './harness/result'
import { type BenchOptions, chosen, type Measure, measureAll, type Readings, rowsOf } from './harness/rounds'
import { joined } from './idle'
import type { Usage } from './usage'

const FULL_ROOM = 20

const FULL = {
  audiences: [2, 5, 10, 20],
  fanout: { sockets: 500, rampMs: 1000, ms: 2000 },
  rooms: [10, 100, 1000, 10_000],
  texts: [0, 100, 1000, 10_000, 100_000],
  more: 500,
}
const TINY: typeof FULL = {
  audiences: [4],
  fanout: { sockets: 8, rampMs: 50, ms: 100 },
  rooms: [4],
  texts: [20],
  more: 4,
}

type Grown = {
  readonly axis: string
  readonly values: readonly number[]
  readonly contestants: readonly Contestant[]
  readonly measures: readonly Measure[]
  readonly measure: (pair: Pair, contestant: Contestant, value: number) => Promise<Readings>
}

export async function serverGrowth(options: BenchOptions): Promise<Row[]> {
  const size = options.isTiny ? TINY : FULL
  const rows: Row[] = []
  for (const grown of [byAudience(size), byRooms(size), byHistory(size)]) {
    for (const value of grown.values) rows.push(...(await measuredAt(grown, value, options)))
  }
  return rows
}

async function measuredAt(grown: Grown, value: number, options: BenchOptions): Promise<Row[]> {
  const { axis, contestants, measures, measure } = grown
  options.say(`${axis}: ${value}`)
  const subjects = chosen(contestants, options.vs).map((contestant) =>
    subjectOf(contestant, (pair) => measure(pair, contestant, value)),
  )
  return rowsOf(await measureAll(subjects, options), measures, { axis, value })
}

const byAudience = ({ audiences, fanout }: typeof FULL): Grown => ({
  axis: 'participants in each room',
  values: audiences,
  contestants: [MEMORY, SOCKET_IO],
  measures: [{ key: 'textMicros', title: 'CPU for a text', unit: 'µs', better: 'less' }],
  measure: async (pair, contestant, perRoom) => {
    const size: FanoutSize = { ...fanout, perRoom }
    const { cpuMicros = Number.NaN } = await saturated(pair, contestant, size)
    return { textMicros: cpuMicros * perRoom }
  },
})

const byRooms = ({ rooms }: typeof FULL): Grown => ({
  axis: 'rooms of one',
  values: rooms,
  contestants: [MEMORY, SQLITE],
  measures: [
    { key: 'cpuMs', title: 'CPU for a join', unit: 'ms', better: 'less' },
    { key: 'heapMiB', title: 'heap of all participants', unit: 'MiB', better: 'less' },
  ],
  measure: async (pair, contestant, sockets) => {
    const { cpuMs = Number.NaN, heapKiB = Number.NaN } = await joined(pair, contestant, { sockets, perRoom: 1 })
    return { cpuMs, heapMiB: (heapKiB * sockets) / 1024 }
  },
})

const byHistory = ({ texts, more }: typeof FULL): Grown => ({
  axis: 'texts said before',
  values: texts,
  contestants: [MEMORY, SQLITE],
  measures: [
    { key: 'joinMs', title: 'CPU for each of 19 joins', unit: 'ms', better: 'less' },
    { key: 'textMicros', title: 'CPU for a text to its speaker alone', unit: 'µs', better: 'less' },
    { key: 'heapMiB', title: 'heap of the process', unit: 'MiB', better: 'less' },
  ],
  measure: (pair, contestant, before) => afterTexts(pair, contestant, before, more),
})

/** One room in which so much was said: what the next join and the next text cost. */
async function afterTexts(pair: Pair, { dialect }: Contestant, texts: number, more: number): Promise<Readings> {
  const { server, load, port } = pair
  const cpuOf = async (run: () => Promise<unknown>): Promise<number> => {
    const before = await server.ask<Usage>('usage')
    await run()
    return (await server.ask<Usage>('usage')).cpuMs - before.cpuMs
  }
  const room = { dialect, port, perRoom: FULL_ROOM }
  await load.ask('join', { ...room, sockets: 1 })
  await load.ask('pour', { texts })
  const { heapBytes } = await server.ask<Usage>('collected')
  const talking = await cpuOf(() => load.ask('pour', { texts: more }))
  const joins = FULL_ROOM - 1
  const joining = await cpuOf(() => load.ask('join', { ...room, sockets: joins, from: 1 }))
  return { joinMs: joining / joins, textMicros: (talking * 1000) / more, heapMiB: heapBytes / 1024 ** 2 }
}
