import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const DEFINITION = /^- \*\*(R\d+\.\d+)\*\*/gm
const CITATION = /\[(R\d+\.\d+(?:, R\d+\.\d+)*)\]/g
const TEST_FOLDERS = ['sdk/test', 'server/test']
/** Not ours, or written by a tool. */
const FOREIGN = new Set(['node_modules', 'dist'])

/** The numbers of all rules, in their order. */
export const rulesOf = (spec: string = readFileSync('docs/spec.md', 'utf8')): string[] =>
  [...spec.matchAll(DEFINITION)].map(([, rule = '']) => rule)

/** Rules of the spec that no test cites, numbers that are given twice, and citations of what is no rule; as sentences. */
export function brokenRules(spec?: string, tests: readonly string[] = testSources()): string[] {
  const rules = rulesOf(spec)
  const cited = new Set(tests.flatMap(citedIn))
  return [
    ...rules
      .filter((rule, i) => rules.indexOf(rule) !== i)
      .map((rule) => `docs/spec.md: two rules are called ${rule}.`),
    ...rules.filter((rule) => !cited.has(rule)).map((rule) => `docs/spec.md: no test cites rule ${rule}.`),
    ...[...cited].filter((rule) => !rules.includes(rule)).map((rule) => `A test cites ${rule}, which is no rule.`),
  ]
}

const citedIn = (test: string): string[] => [...test.matchAll(CITATION)].flatMap(([, list = '']) => list.split(', '))

const testSources = (): string[] => TEST_FOLDERS.flatMap(filesIn).map((path) => readFileSync(path, 'utf8'))

/** The sources of a folder, without what apps for tests have installed there. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : filesIn(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}
