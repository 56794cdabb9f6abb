// What the sdk costs an app on the wire, in bytes of gzip. The budget is what was reached, and 2 % on top.
// A change that needs more raises weight-budget.json in the same commit, and says what for.
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { pureSchemas } from '../../build/pure-schemas'
import { trimmedSimplePeer } from '../../build/simple-peer/trimmed'
import { bundleOf, bundleOfSource, type Part } from './bundle'
import budget from './weight-budget.json' with { type: 'json' }

const texts: Record<keyof typeof budget, () => Promise<string>> = {
  'peerstage.js': () => readFile(new URL('../../dist/peerstage.js', import.meta.url), 'utf8'),
  "import { LiveStreamClient } from '@peerstage/sdk'": async () =>
    (await bundleOf(`export { LiveStreamClient } from '@peerstage/sdk'`)).text,
  "import * from '@peerstage/sdk/protocol'": async () =>
    (await bundleOf(`export * from '@peerstage/sdk/protocol'`)).text,
}

test.each(Object.entries(texts))('%s keeps within its budget', async (name, text) => {
  const limit = budget[name as keyof typeof budget]
  const weight = gzipSync(await text(), { level: 9 }).length
  console.log(`${name}: ${weight} of ${limit} bytes gzipped`)
  expect(weight).toBeLessThanOrEqual(limit)
})

test('the badge of the README says no less than the budget allows', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const said = [...readme.matchAll(/Script file below (\d+) kB gzip.*?%3C%20(\d+)%20kB/g)].map(([, ...kB]) =>
    kB.map(Number),
  )
  const allowed = Math.ceil(budget['peerstage.js'] / 1000)
  expect(said).toEqual([[allowed, allowed]])
})

test('what weighs what', async () => {
  const { text, parts } = await bundleOfSource([pureSchemas, trimmedSimplePeer])
  const folders = weightByFolder(parts)
  for (const [folder, bytes] of folders) console.log(`${String(bytes).padStart(7)} ${folder}`)
  const named = folders.reduce((sum, [, bytes]) => sum + bytes, 0)
  // What belongs to no file are the lines that hold the files together.
  expect(named).toBeGreaterThan(text.length * 0.95)
})

/** Minified bytes, the heaviest first: `src/media`, `valibot`. */
function weightByFolder(parts: readonly Part[]): [string, number][] {
  const weights = new Map<string, number>()
  for (const { path, bytes } of parts) {
    const folder = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.replace(/\/[^/]+$/, '')
    weights.set(folder, (weights.get(folder) ?? 0) + bytes)
  }
  return [...weights].sort(([, one], [, other]) => other - one)
}
