// The licenses of what is inside our files. MIT asks that its words go with every copy.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Those of packages as one text, for `dist/third-party-licenses.txt`. */
export const thirdPartyLicenses = (packages: readonly string[]): string =>
  packages.map((name) => `${name}\n\n${readFileSync(licenseOf(name), 'utf8').trim()}\n`).join('\n---\n\n')

function licenseOf(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  for (;;) {
    const found = ['LICENSE', 'LICENSE.md'].map((file) => join(folder, file)).find((path) => existsSync(path))
    if (found !== undefined) return found
    if (dirname(folder) === folder) throw new Error(`${name} has no license file.`)
    folder = dirname(folder)
  }
}
