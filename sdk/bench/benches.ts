import { fanout } from '../../server/bench/fanout'
import type { Row } from '../../server/bench/harness/result'
import type { BenchOptions } from '../../server/bench/harness/rounds'
import { idle } from '../../server/bench/idle'
import { latency } from '../../server/bench/latency'
import { reconnect } from '../../server/bench/reconnect'
import { growth } from './growth'
import { join } from './join'
import { mesh } from './mesh'
import { newcomer } from './newcomer'
import { size } from './size'

/** In the order of the page of the docs. */
export const BENCHES = { join, newcomer, mesh, fanout, latency, idle, reconnect, size, growth } satisfies Record<
  string,
  (options: BenchOptions) => Promise<Row[]>
>

export type BenchName = keyof typeof BENCHES
export const BENCH_NAMES = Object.keys(BENCHES)
export const isBench = (name: string): name is BenchName => Object.hasOwn(BENCHES, name)
