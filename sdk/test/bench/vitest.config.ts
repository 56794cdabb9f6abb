// What is measured and judged by a person: `npm run bench`. Vitest only runs it; no test suite includes it.
import { defineConfig } from 'vitest/config'

/** Bounds a hang. */
const LIMIT_MS = 10 * 60_000

export default defineConfig({
  test: {
    include: ['sdk/test/bench/**/*.bench.ts'],
    globalSetup: 'sdk/test/browser/setup.ts',
    fileParallelism: false,
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
  },
})
