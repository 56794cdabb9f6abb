// What a page loads, in bytes of gzip: the one file that a script tag names, and what a bundler makes of an import.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { inRepository } from '../../server/bench/harness/repository'
import type { Row } from '../../server/bench/harness/result'
import {
  type BenchOptions,
  chosen,
  type Measure,
  measureAll,
  type Readings,
  rowsOf,
} from '../../server/bench/harness/rounds'

const MEASURES: readonly Measure[] = [
  { key: 'script', title: 'script file', unit: 'kB gzip', better: 'less' },
  { key: 'first', title: 'import, what is loaded at first', unit: 'kB gzip', better: 'less' },
  { key: 'all', title: 'import, with what is loaded later', unit: 'kB gzip', better: 'less' },
]

const SDK_ROOT = inRepository('sdk/')
const require = createRequire(import.meta.url)

type Weighed = {
  readonly name: string
  readonly kind: 'ours' | 'rival'
  readonly script?: string
  readonly program: string
}

const WEIGHED: readonly Weighed[] = [
  {
    name: 'sdk',
    kind: 'ours',
    script: `${SDK_ROOT}dist/peerstage.js`,
    program: `export { LiveStreamClient } from '@peerstage/sdk'`,
  },
  {
    name: 'PeerJS',
    kind: 'rival',
    script: require.resolve('peerjs/dist/peerjs.min.js'),
    program: `export { Peer } from 'peerjs'`,
  },
  {
    name: 'simple-peer',
    kind: 'rival',
    script: require.resolve('simple-peer/simplepeer.min.js'),
    // Its own build: without it, a bundler needs polyfills of Node.
    program: `export { default } from 'simple-peer/simplepeer.min.js'`,
  },
  { name: 'Trystero, its core', kind: 'rival', program: `export { createStrategy } from '@trystero-p2p/core'` },
  { name: 'Socket.IO client', kind: 'rival', program: `export { io } from 'socket.io-client'` },
]

export async function size(options: BenchOptions): Promise<Row[]> {
  const subjects = chosen(WEIGHED, options.vs).map((weighed) => ({ ...weighed, measure: () => weigh(weighed) }))
  // The same each time.
  return rowsOf(await measureAll(subjects, { ...options, runs: 1, isTiny: true }), MEASURES)
}

async function weigh({ script, program }: Weighed): Promise<Readings> {
  const scriptKb = script === undefined ? {} : { script: gzipKb(await readFile(script)) }
  return { ...scriptKb, ...(await bundled(program)) }
}

async function bundled(program: string): Promise<{ first: number; all: number }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: SDK_ROOT, sourcefile: 'entry.js' },
    absWorkingDir: SDK_ROOT,
    outdir: 'bundled',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
  })
  const first = loadedAtFirst(metafile)
  const weights = outputFiles.map(({ path, contents }) => [path.slice(SDK_ROOT.length), gzipKb(contents)] as const)
  const sum = (of: typeof weights) => of.reduce((total, [, kb]) => total + kb, 0)
  return { first: sum(weights.filter(([path]) => first.has(path))), all: sum(weights) }
}

/** The entry and all that it imports by statements, directly or not. */
function loadedAtFirst({ outputs }: Metafile): Set<string> {
  const found = new Set<string>()
  const follow = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') follow(next)
  }
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (entryPoint === 'entry.js') follow(path)
  return found
}

const gzipKb = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length / 1000
