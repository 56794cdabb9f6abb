// `npm run bench -- NAME`: measures ours beside its rivals and floors, and prints a table, or JSON.
import { parseArgs } from 'node:util'
import { fanout } from '../../server/bench/fanout'
import { describeMachine } from '../../server/bench/harness/machine'
import { goBeforeOthers } from '../../server/bench/harness/priority'
import type { Result, Row } from '../../server/bench/harness/result'
import type { BenchOptions } from '../../server/bench/harness/rounds'
import { tableOf } from '../../server/bench/harness/table'
import { idle } from '../../server/bench/idle'
import { latency } from '../../server/bench/latency'
import { reconnect } from '../../server/bench/reconnect'
import { growth } from './growth'
import { join } from './join'
import { mesh } from './mesh'
import { newcomer } from './newcomer'
import { size } from './size'

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Row[]>>> = {
  fanout,
  latency,
  idle,
  reconnect,
  size,
  join,
  newcomer,
  mesh,
  growth,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    vs: { type: 'string', default: '' },
    tiny: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const bench = BENCHES[name]
const runs = Number(values.runs)
if (bench === undefined) throw new Error(`Name a bench: ${Object.keys(BENCHES).join(', ')}.`)
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs must be a whole number from 1.')

const options = {
  runs,
  vs: values.vs.split(',').filter((part) => part !== ''),
  isTiny: values.tiny,
  say: (line: string) => process.stderr.write(`${line}\n`),
}
if (!options.isTiny) goBeforeOthers()
const rows = await bench(options)
const result: Result = { bench: name, runs, rows, machine: describeMachine() }
console.log(values.json ? JSON.stringify(result, undefined, 2) : tableOf(result))
