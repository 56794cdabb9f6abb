import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Options } from 'tsup'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const server: Options = {
  platform: 'node',
  target: 'node20',
  // The protocol is written inside, code and types, so that no browser code is installed with the server.
  noExternal: ['@peerstage/sdk'],
  sourcemap: true,
  // Where a module lies, in CommonJS: `sqliteLog` loads better-sqlite3 from there, when it is called.
  esbuildOptions(options, { format }) {
    if (format !== 'cjs') return
    options.define = { ...options.define, 'import.meta.url': 'moduleUrl' }
    options.banner = { js: "'use strict'; const moduleUrl = require('node:url').pathToFileURL(__filename).href" }
  },
}

/**
 * The testing entry runs the server of the main entry, so that an error has one class in both. ES modules share their code by
 * themselves; CommonJS modules do not.
 */
const sharedServer: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'shared-server',
  setup({ initialOptions, onResolve }) {
    if (initialOptions.format !== 'cjs') return
    onResolve({ filter: /^\.\.\/index$/ }, () => ({ path: './index.cjs', external: true }))
  },
}

export default defineConfig([
  {
    ...server,
    esbuildPlugins: [sharedServer],
    entry: { index: 'src/index.ts', tokens: 'src/tokens.ts', testing: 'src/testing/index.ts' },
    format: ['esm', 'cjs'],
    // Paths within dist. The other part is built at the same time, and cleans up after itself.
    clean: ['!cli.js*', '!demo/**'],
    // tsup reads `paths` from here on, not from the tsconfig.json that names them.
    dts: { resolve: ['@peerstage/sdk'], compilerOptions: { baseUrl: path('..') } },
  },
  {
    // The hashbang of src/cli.ts is kept, and makes the file executable.
    ...server,
    entry: { cli: 'src/cli.ts' },
    format: 'esm',
    onSuccess: copyDemo,
  },
])

/** `--dev` serves the example page and the sdk's script from beside the server's own code. */
async function copyDemo(): Promise<void> {
  const parts = [
    { from: path('../examples/quickstart/'), to: path('./dist/demo/') },
    { from: path('../sdk/dist/peerstage.js'), to: path('./dist/demo/peerstage.js') },
    { from: path('../sdk/dist/third-party-licenses.txt'), to: path('./dist/demo/third-party-licenses.txt') },
  ]
  await rm(path('./dist/demo/'), { recursive: true, force: true })
  for (const { from, to } of parts) {
    // The server works without its demo, so it can be built alone. That a release has it is for the packaging tests to say.
    if (existsSync(from)) await cp(from, to, { recursive: true })
    else console.warn(`The demo is incomplete: ${from} does not exist. \`npm run build\` builds all in order.`)
  }
}
