// What an app's bundler makes of the built packages: esbuild, minified, dependencies and all.
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const sdkRoot = fileURLToPath(new URL('../../', import.meta.url))

/** A bundle, and how many bytes of it each file gave. Files that gave nothing are left out. */
export type Bundle = { readonly text: string; readonly parts: readonly Part[] }
/** `path` is relative to the sdk, with `/` everywhere: `src/state/store.ts`, `../node_modules/valibot/dist/index.mjs`. */
export type Part = { readonly path: string; readonly bytes: number }

/** Bundles a program in TypeScript that imports the packages by their names. */
export const bundleOf = (program: string): Promise<Bundle> =>
  bundled({ stdin: { contents: program, resolveDir: sdkRoot, loader: 'ts' } })

/** Bundles the sdk from its source, as its own build does, so that the parts are its files and not the chunks of `dist`. */
export const bundleOfSource = (plugins: Plugin[]): Promise<Bundle> =>
  bundled({ entryPoints: ['src/index.ts'], plugins })

async function bundled(options: object): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    ...options,
    absWorkingDir: sdkRoot,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  })
  // What esbuild warns of here, it warns every app of.
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'))
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  return {
    text: outputFiles[0]?.text ?? '',
    parts: parts.map(([path, { bytesInOutput: bytes }]) => ({ path, bytes })).filter(({ bytes }) => bytes > 0),
  }
}

/** The npm packages that a bundle holds something of, in order. */
export function packagesIn({ parts }: Bundle): string[] {
  const names = parts.map(({ path }) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  return [...new Set(names.filter((name) => name !== undefined))].sort()
}
