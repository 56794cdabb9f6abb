import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Options } from 'tsup'
import { thirdPartyLicenses } from '../sdk/build/third-party-licenses'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

// The protocol is written inside, code and types, so that no browser code is installed with the server.
const PROTOCOL = '@peerstage/sdk'
/** ES modules, which `require` takes from Node 20.19, 22.12 and 24 on only, and which Jest never does. */
const ONLY_ES_MODULES = ['jose', 'nanoid']

const entry = { index: 'src/index.ts', tokens: 'src/auth/sign-token.ts', testing: 'src/testing/index.ts' }

const server: Options = { platform: 'node', target: 'node20', noExternal: [PROTOCOL], sourcemap: true }

/** They take longer than all else: `npm start` builds without them (`--no-dts`). */
const declarations: Options = {
  entry,
  format: ['esm', 'cjs'],
  // tsup reads `paths` from here on, not from the tsconfig.json that names them.
  dts: { only: true, resolve: [PROTOCOL], compilerOptions: { baseUrl: path('..') } },
}

/**
 * The testing entry runs the server of the main entry, and that one signs by the entry for tokens, so that an error has one
 * class in all. ES modules share their code by themselves; CommonJS modules do not.
 */
const sharedEntries: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'shared-entries',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/index$/ }, () => ({ path: './index.cjs', external: true }))
    onResolve({ filter: /\/sign-token$/ }, () => ({ path: './tokens.cjs', external: true }))
  },
}

export default defineConfig(({ dts }) => {
  // Before all of them and not by one of them: they run at the same time.
  rmSync(path('./dist/'), { recursive: true, force: true })
  return [
    { ...server, entry, format: 'esm' },
    {
      ...server,
      entry,
      format: 'cjs',
      noExternal: [PROTOCOL, ...ONLY_ES_MODULES],
      esbuildPlugins: [sharedEntries],
      // Where a module lies: `sqliteLog` loads better-sqlite3 from there, when it is called.
      esbuildOptions(options) {
        options.define = { ...options.define, 'import.meta.url': 'moduleUrl' }
        options.banner = { js: "'use strict'; const moduleUrl = require('node:url').pathToFileURL(__filename).href" }
      },
      onSuccess: async () =>
        writeFileSync(path('./dist/third-party-licenses.txt'), thirdPartyLicenses(ONLY_ES_MODULES)),
    },
    ...(dts === false ? [] : [declarations]),
    {
      // The hashbang of src/cli/main.ts is kept, and makes the file executable.
      ...server,
      entry: { cli: 'src/cli/main.ts' },
      format: 'esm',
      onSuccess: copyDemo,
    },
  ]
})

/** `--dev` serves the example page and the sdk's script from beside the server's own code. */
async function copyDemo(): Promise<void> {
  const parts = [
    { from: path('../examples/quickstart/'), to: path('./dist/demo/') },
    { from: path('../sdk/dist/peerstage.js'), to: path('./dist/demo/peerstage.js') },
    { from: path('../sdk/dist/third-party-licenses.txt'), to: path('./dist/demo/third-party-licenses.txt') },
  ]
  for (const { from, to } of parts) {
    // The server works without its demo, so it can be built alone. That a release has it is for the packaging tests to say.
    if (existsSync(from)) await cp(from, to, { recursive: true })
    else console.warn(`The demo is incomplete: ${from} does not exist. \`npm run build\` builds all in order.`)
  }
}
