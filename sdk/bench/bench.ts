// `npm run bench -- NAME`: measures ours beside its rivals and floors, and prints a table, or JSON.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { describeMachine } from '../../server/bench/harness/machine'
import { goBeforeOthers } from '../../server/bench/harness/priority'
import type { Result } from '../../server/bench/harness/result'
import { tableOf } from '../../server/bench/harness/table'
import { usedChromium } from './bench-browser'
import { BENCH_NAMES, BENCHES, isBench } from './benches'

const USAGE = `npm run bench -- NAME [--runs N] [--vs NAME,…] [--json] [--out FOLDER] [--tiny]

NAME     ${BENCH_NAMES.join(', ')}
--runs   how often each subject is measured, after a run that is thrown away (default 5)
--vs     only these of the others, by parts of their names: --vs socket,batched
--json   the result as JSON instead of a table
--out    also writes the result into a folder, as NAME.json
--tiny   as small as it can be: shows that the bench works, and measures nothing
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    vs: { type: 'string', default: '' },
    out: { type: 'string' },
    tiny: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const runs = Number(values.runs)
if (isBench(name) && Number.isInteger(runs) && runs > 0) {
  const options = {
    runs,
    vs: values.vs.split(',').filter((part) => part !== ''),
    isTiny: values.tiny,
    say: (line: string) => process.stderr.write(`${line}\n`),
  }
  if (!options.isTiny) goBeforeOthers()
  const rows = await BENCHES[name](options)
  const result: Result = { bench: name, runs, rows, machine: describeMachine(usedChromium()) }
  const json = `${JSON.stringify(result, undefined, 2)}\n`
  if (values.out !== undefined) await writeFile(`${values.out}/${name}.json`, json)
  process.stdout.write(values.json ? json : `${tableOf(result)}\n`)
} else {
  process.stderr.write(USAGE)
  process.exitCode = 2
}
