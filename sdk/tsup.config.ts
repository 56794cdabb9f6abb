import { defineConfig, type Options } from 'tsup'
import { simplePeerAliases } from './build/simple-peer/trimmed'
import { version } from './package.json'

const browser: Options = {
  platform: 'browser',
  target: 'es2022',
  esbuildOptions: (options) => {
    options.alias = simplePeerAliases
  },
}

export default defineConfig([
  {
    // For npm: dependencies stay outside, so that an app has each of them once. simple-peer is trimmed and goes inside.
    ...browser,
    entry: { index: 'src/index.ts', 'protocol/index': 'src/protocol/index.ts' },
    format: ['esm', 'cjs'],
    dts: true,
    sourcemap: true,
    clean: ['dist/*', '!dist/peerstage.js'],
  },
  {
    // For a <script> tag: everything in one file that needs nothing of the page but the browser.
    ...browser,
    entry: { peerstage: 'src/index.ts' },
    format: 'iife',
    globalName: 'Peerstage',
    noExternal: [/.*/],
    minify: true,
    outExtension: () => ({ js: '.js' }),
    banner: {
      js: `/*! Peerstage ${version}, MIT. Contains simple-peer, err-code, eventemitter3 and valibot, all MIT. */`,
    },
  },
])
