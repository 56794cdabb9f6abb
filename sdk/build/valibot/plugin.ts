import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

/** Puts the small stand-in in valibot's place: 1 kB gzipped instead of 3. A name that it does not have is an error. */
export const yesOrNo: Plugin = {
  name: 'yes-or-no',
  setup(build) {
    build.initialOptions.logOverride = { ...build.initialOptions.logOverride, 'import-is-undefined': 'error' }
    build.onResolve({ filter: /^valibot$/ }, () => ({
      path: fileURLToPath(new URL('./yes-or-no.ts', import.meta.url)),
    }))
  },
}
