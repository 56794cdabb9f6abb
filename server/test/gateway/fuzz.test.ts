import { expect, test } from 'vitest'
import { fuzz } from './fuzz/fuzzer'

// Another seed each time, said where it matters: FUZZ_SEED runs one again.
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
/** CI sends for a whole minute. Elsewhere 20,000 frames will do, and a slow machine sends fewer. */
const isCi = process.env.CI !== undefined
const frames = isCi ? Number.POSITIVE_INFINITY : 20_000
const longestMs = isCi ? 60_000 : 40_000

test('no input ends the process, leaks, or changes another room: random frames, fragments, bytes and upgrades [R7.1]', {
  timeout: 180_000,
}, async () => {
  const until = Date.now() + longestMs
  const report = await fuzz({ seed, frames, isOver: () => Date.now() > until })
  console.log(`fuzz: ${report.frames} frames in ${report.sessions} sessions, ${report.texts} texts, seed ${seed}`)
  console.log(report.refusals)
  expect(report.findings, `seed ${seed}`).toEqual([])
  expect(report.frames).toBeGreaterThan(500)
  expect(report.texts).toBeGreaterThan(0)
})
