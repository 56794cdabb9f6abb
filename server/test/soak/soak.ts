// `npm run soak -- --minutes 30`: lets simulated users churn through a server for so long, and looks whether everything is back where it was.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { summary } from './measured'
import { Soak } from './phases'
import { printTally } from './report'
import { rowsLeft } from './rows-left'
import { ServerProcess } from './server-process'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, people: { type: 'string', default: '300' } },
})
const minutes = Number(values.minutes)
const people = Number(values.people)
if (!(minutes > 0) || !(people > 0)) throw new Error('--minutes and --people must be numbers above 0')

const folder = mkdtempSync(join(tmpdir(), 'peerstage-soak-'))
const server = await ServerProcess.start(join(folder, 'rooms.db'))
const soak = new Soak(server, people)

const before = await soak.warmUp()
console.log(`before: ${summary(before)}`)
await soak.churn(minutes)
const { after, found } = await soak.settle(before)
console.log(`after: ${summary(after)}`)

const neverHappened = await soak.neverHappened()
const endedByItself = await server.close()
const wrong = [
  ...found,
  ...neverHappened,
  ...[...soak.tally.faults].map(([what, times]) => `${what}: ${times} times`),
  ...server.complaints.map((text) => `the server said: ${text.slice(0, 2000)}`),
  ...(endedByItself ? [] : ['the server did not end by itself']),
  ...(server.walBytes === 0 ? [] : ['a write-ahead log is left behind']),
  ...rowsLeft(server.path),
]
rmSync(folder, { recursive: true })
printTally(soak, minutes)
for (const each of wrong) console.log(`WRONG: ${each}`)
console.log(wrong.length === 0 ? 'Everything is back where it was.' : `${wrong.length} things are wrong.`)
process.exit(wrong.length === 0 ? 0 : 1)
