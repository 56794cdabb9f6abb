// How many texts one server process delivers when it has all it can do: rooms in which each member speaks as soon as it hears
// its own last text.
import { setTimeout as passed } from 'node:timers/promises'
import {
  BATCHED_WS,
  type Contestant,
  MEMORY,
  type Pair,
  SOCKET_IO,
  SQLITE,
  SQLITE_FULL,
  subjectOf,
  WS,
} from './contestants'
import type { Row } from './harness/result'
import { type BenchOptions, chosen, type Measure, measureAll, type Readings, rowsOf } from './harness/rounds'
import type { Saturation, Window } from './programs/load'
import type { Usage } from './usage'

export type FanoutSize = Window & { readonly sockets: number; readonly perRoom: number }

const FULL: FanoutSize = { sockets: 500, perRoom: 20, rampMs: 1500, ms: 4000 }
const TINY = { sockets: 8, perRoom: 4, rampMs: 100, ms: 200 }

const MEASURES: readonly Measure[] = [
  { key: 'deliveriesPerSecond', title: 'deliveries a second', unit: '/s', better: 'more' },
  { key: 'cpuMicros', title: 'CPU of the server for a delivery', unit: 'µs', better: 'less' },
  { key: 'serverCores', title: 'cores of the server', unit: 'cores', better: 'less' },
  { key: 'loadCores', title: 'cores of the load', unit: 'cores', better: 'less' },
  { key: 'rssMiB', title: 'resident memory', unit: 'MiB', better: 'less' },
]

export async function fanout(options: BenchOptions): Promise<Row[]> {
  const size = options.isTiny ? TINY : FULL
  const subjects = chosen([MEMORY, SQLITE, SQLITE_FULL, SOCKET_IO, WS, BATCHED_WS], options.vs).map((contestant) =>
    subjectOf(contestant, (pair) => saturated(pair, contestant, size)),
  )
  return rowsOf(await measureAll(subjects, options), MEASURES)
}

export async function saturated(
  { server, load, port }: Pair,
  { dialect }: Contestant,
  size: FanoutSize,
): Promise<Readings> {
  const { sockets, perRoom, rampMs, ms } = size
  await load.ask('join', { dialect, port, sockets, perRoom })
  await load.ask('saturate')
  await passed(rampMs)
  const before = await server.ask<Usage>('usage')
  await load.ask('begin')
  await passed(ms)
  const { deliveries, seconds, loadCores } = await load.ask<Saturation>('end')
  const after = await server.ask<Usage>('usage')
  const serverCores = (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs)
  const deliveriesPerSecond = deliveries / seconds
  const cpuMicros = (serverCores * 1e6) / deliveriesPerSecond
  return { deliveriesPerSecond, cpuMicros, serverCores, loadCores, rssMiB: after.rssBytes / 1024 ** 2 }
}
