// simple-peer from its source, without its Node stream and Buffer layer, and without what the SDK does not call:
// 2 kB gzipped instead of 30, and no `process`, `global` or `Buffer` that a page would have to provide.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { trimmedSource } from './source.ts'

const shim = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** What simple-peer requires, by name → the file that stands in for it. */
const shims = {
  'err-code': shim('./err-code.ts'),
  'get-browser-rtc': shim('./get-browser-rtc.ts'),
  'queue-microtask': shim('./queue-microtask.ts'),
  randombytes: shim('./randombytes.ts'),
  'readable-stream': shim('./readable-stream.ts'),
}

/** For every esbuild that bundles simple-peer. */
export const trimmedSimplePeer: Plugin = {
  name: 'trimmed-simple-peer',
  setup(build) {
    build.initialOptions.alias = { ...build.initialOptions.alias, ...shims }
    build.onLoad({ filter: /[\\/]simple-peer[\\/]index\.js$/ }, async ({ path }) => ({
      contents: trimmedSource(await readFile(path, 'utf8')),
    }))
  },
}

/** For vitest, so that tests in Node run the simple-peer that ships and not the one with streams. */
export function trimmedSimplePeerForTests() {
  return {
    name: 'trimmed-simple-peer',
    enforce: 'pre' as const,
    resolveId: (id: string) => (id === 'simple-peer' ? '\0simple-peer' : undefined),
    load: (id: string) => (id === '\0simple-peer' ? bundle() : undefined),
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['simple-peer'],
    absWorkingDir: shim('.'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    plugins: [trimmedSimplePeer],
  })
  return outputFiles[0]?.text ?? ''
}
