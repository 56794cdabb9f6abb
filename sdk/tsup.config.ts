import { rmSync, writeFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'
import { pureSchemas } from './build/pure-schemas'
import { trimmedSimplePeer } from './build/simple-peer/trimmed'
import { thirdPartyLicenses } from './build/third-party-licenses'
import { version } from './package.json'

const browser: Options = {
  platform: 'browser',
  target: 'es2022',
  esbuildPlugins: [pureSchemas, trimmedSimplePeer],
}

const banner = `/*! Peerstage ${version}, MIT. Contains simple-peer (Feross Aboukhadijeh), eventemitter3 (Arnout Kazemier) and valibot (Fabian Hiller), all MIT: see third-party-licenses.txt. */`

/** What the script file contains. */
const INLINED = ['simple-peer', 'eventemitter3', 'valibot']

const entries = { index: 'src/index.ts', 'protocol/index': 'src/protocol/index.ts' }

/**
 * esbuild writes `import './chunk.js'` where files are imported for nothing but their order, and then warns each app that they
 * are `sideEffects: false`. The empty line stays, for the source map.
 */
const withoutBareImports: NonNullable<Options['plugins']>[number] = {
  name: 'without-bare-imports',
  renderChunk: (code, { map }) => ({ code: code.replace(/^import "\.[^"]*";$/gm, ''), map: map ?? null }),
}

export default defineConfig(({ dts }) => {
  // Before all of them and not by one of them: they run at the same time.
  rmSync(new URL('./dist/', import.meta.url), { recursive: true, force: true })
  return [
    {
      // For npm: dependencies stay outside, so that an app has each of them once. simple-peer is trimmed and goes inside.
      ...browser,
      // With the parts that stand alone as entries of their own, index.js holds nothing and only exports again what lies
      // in others. So a bundler that reads `sideEffects` leaves out the client where a page asks for `checkSupport` only.
      entry: { ...entries, client: 'src/client/client.ts', support: 'src/client/support.ts', format: 'src/format.ts' },
      format: 'esm',
      sourcemap: true,
      plugins: [withoutBareImports],
    },
    { ...browser, entry: entries, format: 'cjs', sourcemap: true },
    // They take longer than all else: `npm start` builds without them (`--no-dts`).
    ...(dts === false ? [] : [{ entry: entries, format: ['esm', 'cjs'], dts: { only: true } } satisfies Options]),
    {
      // For a <script> tag: everything in one file that needs nothing of the page but the browser.
      ...browser,
      entry: { peerstage: 'src/script.ts' },
      format: 'iife',
      noExternal: [/.*/],
      // esbuild makes names short across the whole file, terser finds what is left: 4 % smaller than one of them alone.
      // Constants stay on the right (`x === 'a'`), as everywhere else in what is compressed.
      minify: 'terser',
      terserOptions: { ecma: 2020, compress: { passes: 3, lhs_constants: false } },
      esbuildOptions: (options) => {
        options.minify = true
        options.legalComments = 'none'
        // simple-peer and eventemitter3 begin their private names so, and nothing else does.
        options.mangleProps = /^_[a-z]/
      },
      outExtension: () => ({ js: '.js' }),
      banner: { js: banner },
      onSuccess: async () =>
        writeFileSync(new URL('./dist/third-party-licenses.txt', import.meta.url), thirdPartyLicenses(INLINED)),
    },
  ]
})
