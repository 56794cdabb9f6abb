// The types as an app's own compiler reads them, at its strictest: the packages' d.ts are checked too, nothing is skipped.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, installedProject, packed } from './npm'
import { run } from './program'

const require = createRequire(import.meta.url)
const tsc = require.resolve('typescript/bin/tsc')
const nodeTypes = `@types/node@${require('@types/node/package.json').version}`

const STRICTEST = {
  strict: true,
  skipLibCheck: false,
  // TypeScript's own libraries are its own affair, and take longest.
  skipDefaultLibCheck: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noEmit: true,
  target: 'es2022',
}

// node16 stands for those that let no CommonJS module import an ES module, not even its types. That node10 finds the entries
// is for attw to say, in `npm run packages`: it compiles nothing.
const RESOLUTIONS = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
}

/** Where a package's code runs: a page knows nothing of Node, and a server nothing of pages. */
type World = { readonly lib: readonly string[]; readonly types: readonly string[] }

/** Entry → its types in the package. */
type Entries = Readonly<Record<string, string>>

test('every export of the sdk compiles, however modules are found', async () => {
  const folder = await installedProject(await packed('sdk', await emptyFolder()))
  const entries = { '@peerstage/sdk': 'dist/index.d.ts', '@peerstage/sdk/protocol': 'dist/protocol/index.d.ts' }
  await writePrograms(folder, entries, SDK_USE)
  await expectNothingSaid(folder, { lib: ['es2022', 'dom', 'dom.iterable'], types: [] })
})

test('every export of the server compiles without types of ws, however modules are found', async () => {
  const folder = await installedProject(await packed('server', await emptyFolder()), nodeTypes)
  expect(existsSync(join(folder, 'node_modules', '@types', 'ws'))).toBe(false)
  const entries = {
    '@peerstage/server': 'dist/index.d.ts',
    '@peerstage/server/tokens': 'dist/tokens.d.ts',
    '@peerstage/server/testing': 'dist/testing.d.ts',
  }
  await writePrograms(folder, entries, SERVER_USE)
  await expectNothingSaid(folder, { lib: ['es2022'], types: ['node'] })
})

/** For each entry a module, and a CommonJS module, that name all that its types export; and a program that uses some of it. */
async function writePrograms(folder: string, entries: Entries, use: string): Promise<void> {
  await writeFile(join(folder, 'use.mts'), use)
  for (const [i, [entry, types]] of Object.entries(entries).entries()) {
    const installed = join(folder, 'node_modules', ...entry.split('/').slice(0, 2), types)
    const names = exportedNames(await readFile(installed, 'utf8'))
    expect(names.length).toBeGreaterThan(2)
    const everything = `export type { ${names.join(', ')} } from '${entry}'\n`
    for (const extension of ['mts', 'cts']) await writeFile(join(folder, `entry-${i}.${extension}`), everything)
  }
}

/** The names in the `export { type One, two as Three }` of a d.ts. */
function exportedNames(types: string): string[] {
  const lists = [...types.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = '']) => list.split(','))
  return lists.map((item) => item.trim().split(' ').at(-1) ?? '').filter(Boolean)
}

async function expectNothingSaid(folder: string, world: World): Promise<void> {
  const said: Record<string, string> = {}
  for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = { ...STRICTEST, ...world, ...resolution }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }))
    said[name] = await compile(folder)
  }
  expect(said).toEqual({ node16: '', bundler: '', nodenext: '' })
}

/** What the compiler has to say. */
async function compile(folder: string): Promise<string> {
  try {
    return (await run(folder, [tsc, '--pretty', 'false'])).stdout
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

const SDK_USE = `
import { type ClientState, LiveStreamClient, LiveStreamError } from '@peerstage/sdk'
import { evolve, type Room } from '@peerstage/sdk/protocol'

const client = new LiveStreamClient({ url: 'wss://live.example.com', room: 'town-hall', token: async () => 'a token' })
const off: () => void = client.on('trackAdded', ({ track }) => track.stop())
const state: ClientState = client.getState()
const ids: readonly string[] = state.participants.map(({ id }) => id)
export const ownName = state.status === 'joined' ? state.self.name : state.room
export const isRoom = (room: Room): Room => evolve.length > 0 ? room : room
export const codeOf = (error: unknown) => (error instanceof LiveStreamError ? error.code : undefined)
export { ids, off }
// @ts-expect-error no such option: the types are there, and are not \`any\`
new LiveStreamClient({ url: 'wss://live.example.com', room: 'town-hall', tokn: 'a token' })
// @ts-expect-error no such event
client.on('trackAded', () => undefined)
`

const SERVER_USE = `
import { createServer } from 'node:http'
import { createPeerstageServer, sqliteLog } from '@peerstage/server'
import { createTestServer } from '@peerstage/server/testing'
import { signToken } from '@peerstage/server/tokens'

const live = createPeerstageServer({ auth: { secret: 'a secret that is long enough for the server' } })
const server = createServer(live.requestListener)
live.attach(server)
export const signed: Promise<string> = Promise.resolve(live.tokens.sign({ room: 'hall', identity: 'ada' }))
export const closed: Promise<void> = live.close({ deadlineMs: 1000 })
export { signToken }
export const test = createTestServer({ log: sqliteLog('rooms.db'), faults: { drop: { direction: 'up', type: 'chat.send' } } })
// @ts-expect-error clients send no replies
createTestServer({ faults: { drop: { direction: 'up', type: 'reply' } } })
// @ts-expect-error no such option: the types are there, and are not \`any\`
createPeerstageServer({ aut: { secret: 'a secret that is long enough for the server' } })
`
