// `npm run bench:report`: all benches, one after the other, each in a process of its own; then the page of the docs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { inRepository } from '../../server/bench/harness/repository'
import { BENCH_NAMES } from './benches'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' } },
})
const names = positionals.length === 0 ? BENCH_NAMES : positionals
const folder = inRepository('docs/performance')
await mkdir(folder, { recursive: true })
const failed: string[] = []
for (const name of names) {
  process.stderr.write(`\n${name}\n`)
  const args = [inRepository('server/bench/dist/bench.js'), name, '--runs', values.runs, '--out', folder]
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
  if (code !== 0) failed.push(name)
}
const [docs] = await once(
  spawn('npm', ['run', 'docs'], { stdio: 'inherit', cwd: inRepository(''), shell: true }),
  'exit',
)
if (failed.length > 0) console.error(`Failed, so their last results stay: ${failed.join(', ')}.`)
process.exitCode = failed.length > 0 || docs !== 0 ? 1 : 0
