import { readFileSync } from 'node:fs'
import { filesIn, TEST_FOLDERS } from './test-sources'

const DEFINITION = /^- \*\*(R\d+\.\d+)\*\*/gm
const CITATION = /\[(R\d+\.\d+(?:, R\d+\.\d+)*)\]/g

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
