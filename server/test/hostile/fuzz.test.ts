import { expect, test } from 'vitest'
import { fuzz } from './fuzz/fuzzer'

// Another seed each time, said where it matters: FUZZ_SEED runs one again.
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
/** CI sends for a whole minute. Elsewhere 10,000 frames to each log will do, and a slow machine sends fewer. */
const isCi = process.env.CI !== undefined
const frames = isCi ? Number.POSITIVE_INFINITY : 10_000
const longestMs = isCi ? 30_000 : 20_000

test.each(['sqlite', 'memory'] as const)(
  'no input ends the process, leaks, or changes another room: random frames, fragments, bytes and upgrades, on the log %s [R7.1]',
  { timeout: 180_000 },
  async (log) => {
    const until = Date.now() + longestMs
    const report = await fuzz({ seed, log, frames, isOver: () => Date.now() > until })
    console.log(`fuzz: ${report.frames} frames in ${report.sessions} sessions, ${report.texts} texts, seed ${seed}`)
    console.log(report.rejections)
    expect(report.findings, `seed ${seed}`).toEqual([])
    expect(report.frames).toBeGreaterThan(500)
    expect(report.texts).toBeGreaterThan(0)
  },
)
