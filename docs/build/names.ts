import { readFileSync } from 'node:fs'
import { SETTINGS } from '../../server/src/command-line-settings'
import { type Page, pages } from './pages'

const VARIABLE = /\bPEERSTAGE_[A-Z_]+\b/g
const SCRIPT = /\bnpm run ([\w:-]+)\b(?!\s+-w)/g
/** Not of the server: the bot of the examples reads it. */
const OTHERS = new Set(['PEERSTAGE_TOKEN'])

/** Variables and npm scripts that pages name and that do not exist, as sentences. */
export function unknownNames(of: readonly Page[] = pages()): string[] {
  const variables = new Set([...SETTINGS.map(({ env }) => env), ...OTHERS])
  const scripts = new Set(
    Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts),
  )
  return of.flatMap(({ path, text }) => [
    ...found(text, VARIABLE)
      .filter((name) => !variables.has(name))
      .map((name) => `${path}: no variable is called ${name}.`),
    ...found(text, SCRIPT)
      .filter((name) => !scripts.has(name))
      .map((name) => `${path}: there is no npm script ${name}.`),
  ])
}

const found = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([whole, name]) => name ?? whole)),
]
