// What is measured and judged by a person: `npm run bench`. Vitest only runs it; no test suite includes it.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Bounds a hang. */
const LIMIT_MS = 10 * 60_000

export default defineConfig({
  resolve: {
    alias: { '@peerstage/sdk/protocol': fileURLToPath(new URL('../../src/protocol/index.ts', import.meta.url)) },
  },
  test: {
    include: ['{sdk,server}/test/bench/**/*.bench.ts'],
    globalSetup: ['server/test/harness/ensure-sqlite.ts', 'sdk/test/browser/harness/setup.ts'],
    fileParallelism: false,
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
  },
})
