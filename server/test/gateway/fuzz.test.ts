import { expect, test } from 'vitest'
import { fuzz } from './fuzz/fuzzer'

// Another seed each time, said where it matters: FUZZ_SEED runs one again.
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
/** A slow machine sends less, and is not waited for. */
const LONGEST_MS = 40_000

test('no input ends the process, leaks, or changes another room: random frames, fragments, bytes and upgrades [R7.1]', async () => {
  const until = Date.now() + LONGEST_MS
  const report = await fuzz({ seed, frames: 20_000, isOver: () => Date.now() > until })
  console.log(`fuzz: ${report.frames} frames in ${report.sessions} sessions, ${report.texts} texts, seed ${seed}`)
  console.log(report.refusals)
  expect(report.findings, `seed ${seed}`).toEqual([])
  expect(report.frames).toBeGreaterThan(500)
  expect(report.texts).toBeGreaterThan(0)
})
