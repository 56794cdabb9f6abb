import { readFileSync } from 'node:fs'
import { variablesOf } from '../../server/src/cli/setting-sources'
import { SETTINGS } from '../../server/src/cli/settings-table'
import { METRICS } from './metrics'
import { type Page, pages } from './pages'
import { rulesOf } from './rules'

/** Not of the server: the bot of the examples reads the first one, the model test the others. */
const OTHERS = ['PEERSTAGE_TOKEN', 'PEERSTAGE_SEED', 'PEERSTAGE_PATH', 'PEERSTAGE_SEQUENCES']

/** A kind of names: how they look on a page, which there are, and what to say of any other. */
type Kind = {
  readonly pattern: RegExp
  readonly known: readonly string[]
  readonly sentence: (name: string) => string
}

const kinds = (): readonly Kind[] => [
  {
    pattern: /\bPEERSTAGE_[A-Z_]+\b/g,
    known: [...SETTINGS.flatMap(variablesOf), ...OTHERS],
    sentence: (name) => `no variable is called ${name}.`,
  },
  {
    // With what Prometheus puts behind the name of a histogram.
    pattern: /\b(peerstage_[a-z_]+?)(?:_bucket|_count|_sum)?\b/g,
    known: METRICS.map(({ name }) => name),
    sentence: (name) => `no metric is called ${name}.`,
  },
  { pattern: /\bR\d+\.\d+\b/g, known: rulesOf(), sentence: (name) => `no rule is called ${name}.` },
  {
    pattern: /\bnpm run ([\w:-]+)\b(?!\s+-w)/g,
    known: Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts),
    sentence: (name) => `there is no npm script ${name}.`,
  },
]

/** Variables, metrics, rules and npm scripts that pages name and that do not exist, as sentences. */
export function unknownNames(of: readonly Page[] = pages()): string[] {
  const all = kinds()
  return of.flatMap(({ path, text }) =>
    all.flatMap(({ pattern, known, sentence }) =>
      found(text, pattern)
        .filter((name) => !known.includes(name))
        .map((name) => `${path}: ${sentence(name)}`),
    ),
  )
}

const found = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([whole, name]) => name ?? whole)),
]
