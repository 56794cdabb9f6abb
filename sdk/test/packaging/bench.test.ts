// The bench is for people to look at: no test depends on a figure of it. Here each bench runs once, as small as it can be, to see
// that it works with all of those that it compares, and what its result says.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'
import { npm } from './npm'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)

const text = v.pipe(v.string(), v.minLength(1))
// JSON has no NaN: a figure that was not measured is null there, and found.
const spread = v.strictObject({ median: v.number(), min: v.number(), max: v.number() })
const compared = v.strictObject({
  name: text,
  kind: v.picklist(['rival', 'floor']),
  measured: spread,
  ratio: v.looseObject({}),
})
const row = v.strictObject({
  measure: text,
  subject: text,
  unit: v.string(),
  better: v.picklist(['more', 'less']),
  ours: spread,
  others: v.array(compared),
  at: v.optional(v.strictObject({ axis: text, value: v.number() })),
})
const machine = v.strictObject({
  cpu: v.string(),
  cores: v.number(),
  memoryGiB: v.number(),
  system: text,
  node: text,
  chromium: v.optional(text),
})
const result = v.strictObject({ bench: text, runs: v.literal(1), rows: v.pipe(v.array(row), v.minLength(1)), machine })

beforeAll(() => npm(repository, ['run', 'bench:build']))

/** Each bench, and what its rows compare with. */
const COMPARED: [bench: string, others: string[]][] = [
  ['fanout', ['Socket.IO', 'raw ws', 'raw ws, batched']],
  ['latency', ['Socket.IO', 'raw ws', 'raw ws, batched']],
  ['idle', ['Socket.IO', 'raw ws']],
  ['reconnect', []],
  ['size', ['PeerJS', 'simple-peer', 'Trystero, its core', 'Socket.IO client']],
  [
    'join',
    [
      ...['PeerJS', 'simple-peer', 'Trystero'],
      ...['raw, one track, newcomer offers', 'raw, one track, host offers'],
      ...['raw, four slots, newcomer offers', 'raw, four slots, host offers'],
    ],
  ],
  ['newcomer', ['raw, one track', 'raw, four slots']],
  ['mesh', ['raw, four slots', 'raw, data channels alone']],
  ['growth', ['raw, one track', 'raw, four slots', 'Socket.IO']],
]

test.each(COMPARED)('%s runs, and says what it found', async (bench, others) => {
  const { rows } = await benched(bench)
  const names = rows.flatMap((each) => each.others.map(({ name }) => name))
  expect([...new Set(names)].sort()).toEqual([...others].sort())
})

test('no text is lost or doubled over a crash', async () => {
  const { rows } = await benched('reconnect')
  const found = rows.filter(({ measure }) => /^texts (?:lost|doubled)/.test(measure))
  expect(found.map(({ ours }) => ours.max)).toEqual([0, 0])
})

test('a bench compares with those that were asked for alone', async () => {
  const { rows } = await benched('size', '--vs', 'peer')
  expect(rows[0]?.others.map(({ name }) => name)).toEqual(['PeerJS', 'simple-peer'])
})

type Benched = v.InferOutput<typeof result>
/** What ran already, by its arguments. */
const results = new Map<string, Promise<Benched>>()

function benched(name: string, ...more: string[]): Promise<Benched> {
  const key = [name, ...more].join(' ')
  const found = results.get(key) ?? measured(name, ...more)
  results.set(key, found)
  return found
}

async function measured(name: string, ...more: string[]): Promise<Benched> {
  const args = ['server/bench/dist/bench.js', name, '--tiny', '--runs', '1', '--json', ...more]
  const { stdout } = await run(process.execPath, args, { cwd: repository, maxBuffer: 2 ** 24 })
  return v.parse(result, JSON.parse(stdout))
}
