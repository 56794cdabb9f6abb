// simple-peer from its source, without the Node stream and Buffer layer it drags along: 7 kB gzipped instead of 30, and no
// `process`, `global` or `Buffer` that a page would have to provide. err-code is small and clean, and stays as it is.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const shim = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** For esbuild's `alias`: what simple-peer requires, by name → the file that stands in for it. */
export const simplePeerAliases = {
  buffer: shim('./buffer.cjs'),
  debug: shim('./debug.cjs'),
  'get-browser-rtc': shim('./get-browser-rtc.cjs'),
  'queue-microtask': shim('./queue-microtask.cjs'),
  randombytes: shim('./randombytes.cjs'),
  'readable-stream': shim('./readable-stream.ts'),
}

/** A plugin for vitest, so that tests in Node run the simple-peer that ships and not the one with streams. */
export function trimmedSimplePeer() {
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
    external: ['eventemitter3'],
    alias: simplePeerAliases,
  })
  return outputFiles[0]?.text ?? ''
}
