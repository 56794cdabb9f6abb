import { parseArgs } from 'node:util'
import { heapWithoutGarbage } from '../../soak/garbage'
import { fuzz } from './fuzzer'

// npm run fuzz -w server -- --frames 1000000 --seed 7 --log memory
const options = { frames: { type: 'string' }, seed: { type: 'string' }, log: { type: 'string' } } as const
const { values } = parseArgs({ options })
const frames = Number(values.frames ?? 1_000_000)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const log = values.log ?? 'sqlite'
if (log !== 'sqlite' && log !== 'memory') throw new Error('--log must be sqlite or memory')
const strays: string[] = []
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => strays.push(`${event}: ${error instanceof Error ? error.stack : error}`))
}

const mebibytes = () => `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`
let next = 0
const startedAt = Date.now()
console.log(`${frames} frames, seed ${seed}, log ${log}`)
const report = await fuzz({
  seed,
  log,
  frames,
  heapBytes: heapWithoutGarbage,
  progress: (sent, sessions) => {
    if (sent < next) return
    next += frames / 20
    console.log(`${sent} frames, ${sessions} sessions, ${mebibytes()}`)
  },
}).catch((error: unknown) => {
  // A fault of the fuzzer's own: the server is still there, and would keep the process.
  console.error(error)
  process.exit(1)
})
const findings = [...report.findings, ...strays]
console.log({ ...report, findings, seconds: Math.round((Date.now() - startedAt) / 1000), memory: mebibytes() })
process.exitCode = findings.length === 0 ? 0 : 1
