import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { unlistedDecisions } from './decisions'
import { examplePages, missingExamples } from './examples'
import { brokenLinks } from './links'
import { unknownNames } from './names'
import { generatedPages, pages } from './pages'
import { brokenRules } from './rules'
import { brokenSnippets } from './snippets'
import { missingTests } from './test-paths'
import { vagueWords } from './words'

/**
 * `docs.js` writes the generated pages. Then it checks all pages, the examples of all exports, that each rule has tests and each test that a page names exists,
 * that each decision is in their index, and the words of sources and pages. `docs.js --check` writes nothing, and fails if a generated page is stale. Run it in the root of the repository.
 */
function run(isCheck: boolean): string[] {
  const stale: string[] = []
  for (const { path, text } of generatedPages()) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (isCheck) stale.push(`${path} is not what the sources say: run \`npm run docs\`.`)
    else writeFileSync(path, text)
  }
  const snippets = brokenSnippets([...pages(), ...examplePages()])
  return [
    ...stale,
    ...brokenLinks(),
    ...unknownNames(),
    ...missingExamples(),
    ...brokenRules(),
    ...unlistedDecisions(),
    ...missingTests(),
    ...vagueWords(),
    ...snippets,
  ]
}

const problems = run(process.argv.includes('--check'))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('The docs match the sources; their links have targets, and their snippets compile.')
