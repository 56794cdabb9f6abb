// How many source files one thing enters: the fewer, the easier it is to follow. docs/architecture.md names these numbers, and
// `npx vitest run --config .vitest.config.ts --project node-webrtc sdk/test/node/files-entered.test.ts` prints the files.
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Child, compile } from './child'
import type { FilesEntered } from './files-entered-program'
import { until } from './node-room'

/** Two or three more than are counted: a timer may run meanwhile. A change that lowers a count lowers its bound. */
const MOST = { message: 62, track: 31, reconnect: 95 }
/** The most lines of a file, by the lint. */
const LINES = 200

/** What the server loads from node_modules. */
const SERVER_PACKAGES = ['@hono/node-server', 'better-sqlite3', 'hono', 'jose', 'nanoid', 'pino', 'prom-client']

let remove: () => Promise<void> = async () => undefined
afterEach(() => remove())

test('a chat message, a camera track and a reconnect enter few files', async () => {
  const program = await compile('./files-entered-program.ts', SERVER_PACKAGES)
  remove = program.remove
  const child = new Child<FilesEntered | { type: 'failed'; reason: string }, never>(program.path, [])
  const { files } = await until(child, 'counted')
  for (const [what, entered] of Object.entries(files)) {
    const least = await leastFiles(entered)
    console.log(`${what}: ${entered.length} files, at least ${least}\n  ${entered.join('\n  ')}`)
  }
  expect(files.message.length).toBeLessThanOrEqual(MOST.message)
  expect(files.track.length).toBeLessThanOrEqual(MOST.track)
  expect(files.reconnect.length).toBeLessThanOrEqual(MOST.reconnect)
  // What is never entered is not measured: each of them begins in its verb or its session.
  expect(files.message).toContain('sdk/src/verbs/chat.ts')
  expect(files.track).toContain('sdk/src/verbs/media.ts')
  expect(files.reconnect).toContain('sdk/src/signaling/session.ts')
  expect(await child.ended()).toBe('exit code 0')
})

/** How few files could contain the lines of these, if each folder kept its own lines in files as full as they may be. */
async function leastFiles(files: readonly string[]): Promise<number> {
  const lines = new Map<string, number>()
  for (const file of files) {
    const text = await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8')
    lines.set(dirname(file), (lines.get(dirname(file)) ?? 0) + text.trimEnd().split('\n').length)
  }
  return [...lines.values()].reduce((sum, count) => sum + Math.ceil(count / LINES), 0)
}
