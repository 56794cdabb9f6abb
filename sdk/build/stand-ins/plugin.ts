import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

/** The packages of which the script file contains only what Peerstage uses, in a file of this folder. */
const PACKAGES = ['valibot', 'eventemitter3']

/** For the script file, which has no other user of these packages. An app gets the packages themselves from npm. */
export const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve, onEnd }) {
    onResolve({ filter: new RegExp(`^(${PACKAGES.join('|')})$`) }, ({ path }) => ({
      path: fileURLToPath(new URL(`./${path}.ts`, import.meta.url)),
    }))
    // What a stand-in lacks is only a warning to esbuild, and undefined in a browser.
    onEnd(({ warnings }) => ({ errors: warnings.filter(({ id }) => id === 'import-is-undefined') }))
  },
}
