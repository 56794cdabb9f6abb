// node .ci/tally.mjs <results of vitest, as json> [step that failed…]
// Prints "N passed, N failed" as its last line and ends with 1 if anything failed. What is not known to have passed has
// failed: a skipped test, a file that did not load, a step that broke, results that are missing.
import { existsSync, readFileSync } from 'node:fs'

const [path, ...broken] = process.argv.slice(2)
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [] }

const tests = results.testResults.flatMap((file) => file.assertionResults)
const passed = tests.filter((test) => test.status === 'passed')
const failures = [
  ...tests.filter((test) => test.status !== 'passed').map((test) => `${test.status}: ${test.fullName}`),
  ...results.testResults.filter(failsOutsideItsTests).map((file) => `failed to run: ${file.name}`),
  ...broken.filter((step) => !explained(step)).map((step) => `failed: ${step}`),
]
if (tests.length === 0) failures.push('no test ran')

for (const failure of failures) console.log(failure)
console.log(`${passed.length} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0

function failsOutsideItsTests(file) {
  return file.status !== 'passed' && file.assertionResults.every((test) => test.status === 'passed')
}

/** `npm test` fails because tests failed, and those are counted one by one. */
function explained(step) {
  return step === 'npm test' && results.testResults.some((file) => file.status !== 'passed')
}
