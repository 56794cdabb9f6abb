// How long a text takes from the one who says it to each of the room, at a rate that every server here can hold.
import { BATCHED_WS, type Contestant, MEMORY, type Pair, SOCKET_IO, SQLITE, subjectOf, WS } from './contestants'
import type { Row } from './harness/result'
import { type BenchOptions, chosen, type Measure, measureAll, type Readings, rowsOf } from './harness/rounds'
import type { Latencies } from './programs/load'
import type { Usage } from './usage'

const FULL = { sockets: 500, perRoom: 20, deliveriesPerSecond: 40_000, rampMs: 2000, ms: 5000 }
const TINY = { sockets: 8, perRoom: 4, deliveriesPerSecond: 800, rampMs: 100, ms: 300 }

const MEASURES: readonly Measure[] = [
  { key: 'p50', title: 'median latency', unit: 'ms', better: 'less' },
  { key: 'p99', title: '99 % latency', unit: 'ms', better: 'less' },
  { key: 'p99OfSlice', title: '99 % latency in the median quarter of a second', unit: 'ms', better: 'less' },
  { key: 'max', title: 'longest latency', unit: 'ms', better: 'less' },
  { key: 'serverCores', title: 'cores of the server', unit: 'cores', better: 'less' },
  { key: 'loadCores', title: 'cores of the load', unit: 'cores', better: 'less' },
  { key: 'deliveriesPerSecond', title: 'deliveries a second', unit: '/s', better: 'more' },
]

export async function latency(options: BenchOptions): Promise<Row[]> {
  const size = options.isTiny ? TINY : FULL
  const subjects = chosen([MEMORY, SQLITE, SOCKET_IO, WS, BATCHED_WS], options.vs).map((contestant) =>
    subjectOf(contestant, (pair) => spoken(pair, contestant, size)),
  )
  return rowsOf(await measureAll(subjects, options), MEASURES)
}

async function spoken({ server, load, port }: Pair, { dialect }: Contestant, size: typeof FULL): Promise<Readings> {
  await load.ask('join', { dialect, port, sockets: size.sockets, perRoom: size.perRoom })
  const before = await server.ask<Usage>('usage')
  const { deliveries, seconds, loadCores, ...latencies } = await load.ask<Latencies>('steadily', size)
  const after = await server.ask<Usage>('usage')
  const serverCores = (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs)
  return { ...latencies, loadCores, serverCores, deliveriesPerSecond: deliveries / seconds }
}
