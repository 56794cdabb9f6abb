// What one that has joined costs a server: the CPU to take it in, and the memory it takes while nothing happens.
import { type Contestant, MEMORY, type Pair, SOCKET_IO, SQLITE, subjectOf, WS } from './contestants'
import type { Row } from './harness/result'
import { type BenchOptions, chosen, type Measure, measureAll, type Readings, rowsOf } from './harness/rounds'
import type { CrowdSize } from './load/crowd'
import type { Usage } from './usage'

export type CrowdShape = Pick<CrowdSize, 'sockets' | 'perRoom'>

const FULL: CrowdShape = { sockets: 5000, perRoom: 20 }
const TINY = { sockets: 8, perRoom: 4 }

/** Those that come first, so that all code has run often. */
const WARMING = 200

const MEASURES: readonly Measure[] = [
  { key: 'rssKiB', title: 'resident memory of one that has joined', unit: 'KiB', better: 'less' },
  { key: 'heapKiB', title: 'heap and buffers of one that has joined', unit: 'KiB', better: 'less' },
  { key: 'cpuMs', title: 'CPU to accept and join one', unit: 'ms', better: 'less' },
]

export async function idle(options: BenchOptions): Promise<Row[]> {
  const size = options.isTiny ? TINY : FULL
  // Those that are bare sockets have no rooms that are told of a newcomer.
  const subjects = chosen([MEMORY, SQLITE, SOCKET_IO, WS], options.vs).map((contestant) =>
    subjectOf(contestant, (pair) => joined(pair, contestant, size)),
  )
  return rowsOf(await measureAll(subjects, options), MEASURES)
}

export async function joined(
  { server, load, port }: Pair,
  { dialect }: Contestant,
  size: CrowdShape,
): Promise<Readings> {
  // Its code is loaded and has run before anything is measured.
  await load.ask('join', { dialect, port, sockets: WARMING, perRoom: 20, prefix: 'before' })
  const empty = await server.ask<Usage>('collected')
  const before = await server.ask<Usage>('usage')
  await load.ask('join', { dialect, port, ...size })
  const after = await server.ask<Usage>('usage')
  const full = await server.ask<Usage>('collected')
  const perSocket = (bytes: number) => bytes / 1024 / size.sockets
  return {
    rssKiB: perSocket(full.rssBytes - empty.rssBytes),
    heapKiB: perSocket(full.heapBytes - empty.heapBytes),
    cpuMs: (after.cpuMs - before.cpuMs) / size.sockets,
  }
}
