import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { examplePages, missingExamples } from './examples'
import { brokenLinks } from './links'
import { unknownNames } from './names'
import { generatedPages, pages } from './pages'
import { brokenRules } from './rules'
import { brokenSnippets } from './snippets'

/**
 * `docs.js` writes what is generated and then checks all pages, the examples of all that is exported, and that each rule has its tests; `docs.js --check` only
 * compares, and fails where a page is not what the sources say. Runs in the root of the repository.
 */
function run(isCheck: boolean): string[] {
  const stale: string[] = []
  for (const { path, text } of generatedPages()) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (isCheck) stale.push(`${path} is not what the sources say: run \`npm run docs\`.`)
    else writeFileSync(path, text)
  }
  const snippets = brokenSnippets([...pages(), ...examplePages()])
  return [...stale, ...brokenLinks(), ...unknownNames(), ...missingExamples(), ...brokenRules(), ...snippets]
}

const problems = run(process.argv.includes('--check'))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('The docs say what the sources say; their links lead somewhere, and their snippets compile.')
