import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { trimmedSimplePeerForTests } from './sdk/build/simple-peer/trimmed.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

// Tests read the protocol's source, as the build does: nothing here needs a build first, but the browser and packaging projects.
const alias = { '@peerstage/sdk/protocol': path('./sdk/src/protocol/index.ts') }

const nodeWebrtc = ['sdk/test/node/**/*.test.ts']
const browser = ['sdk/test/browser/**/*.test.ts']
const packaging = ['{sdk,server}/test/packaging/**/*.test.ts', 'docs/build/*.test.ts']

/** On Node 20 they build what speaks SQLite, once. */
const SQLITE = 'server/test/harness/ensure-sqlite.ts'

// What talks to real browsers or child processes gets long limits: they bound a hang, no test measures against them.
const MINUTE = 60_000
const slow = { testTimeout: 5 * MINUTE, hookTimeout: 5 * MINUTE }

export default defineConfig({
  resolve: { alias },
  plugins: [trimmedSimplePeerForTests()],
  test: {
    // A test that fails once has failed. And a run that finds no test proves nothing.
    retry: 0,
    passWithNoTests: false,
    // How long a condition may take to come true. It bounds a hang: on a busy machine a second is nothing.
    expect: { poll: { timeout: 45_000, interval: 50 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: SQLITE,
          include: ['{sdk,server}/test/**/*.test.ts'],
          exclude: [...nodeWebrtc, ...browser, ...packaging],
          testTimeout: MINUTE,
        },
      },
      // Groups run one after the other: real media and rooms of twenty need the machine for themselves.
      {
        extends: true,
        test: {
          name: 'packaging',
          include: packaging,
          sequence: { groupOrder: 1 },
          globalSetup: [SQLITE, 'sdk/test/harness/browser/setup.ts'],
          ...slow,
        },
      },
      { extends: true, test: { name: 'node-webrtc', include: nodeWebrtc, sequence: { groupOrder: 2 }, ...slow } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          sequence: { groupOrder: 3 },
          fileParallelism: false,
          globalSetup: [SQLITE, 'sdk/test/harness/browser/setup.ts', 'sdk/test/harness/browser/setup-firefox.ts'],
          ...slow,
        },
      },
    ],
  },
})
