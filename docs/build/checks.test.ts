import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkSettings } from '../../server/src/config/settings'
import { unlistedDecisions } from './decisions'
import { examplePages, missingExamples } from './examples'
import { brokenLinks } from './links'
import { unknownNames } from './names'
import { generatedPages } from './pages'
import { REGIONS } from './regions'
import { brokenRules } from './rules'
import { brokenSnippets } from './snippets'
import { missingTests } from './test-paths'
import { VAGUE, vagueWords } from './words'

const page = (text: string) => [{ path: 'docs/made-up.md', text }]

test('a link to no file and one to no heading are found, others are not', () => {
  const text =
    '# A `title`, (really)\n[a](nowhere.md) [b](#nothing) [c](#a-title-really) [d](media.md) [e](https://example.com/x)'
  expect(brokenLinks(page(text))).toEqual([
    'docs/made-up.md: the link nowhere.md leads nowhere.',
    'docs/made-up.md: the link #nothing leads nowhere.',
  ])
})

test('a variable, metric, rule or script that does not exist is found', () => {
  const metrics = 'peerstage_rooms peerstage_batch_seconds_bucket peerstage_mood_total'
  expect(
    unknownNames(page(`PEERSTAGE_SECRET PEERSTAGE_MOOD ${metrics} R1.1 R0.7 \`npm run check\` \`npm run away\``)),
  ).toEqual([
    'docs/made-up.md: no variable is called PEERSTAGE_MOOD.',
    'docs/made-up.md: no metric is called peerstage_mood_total.',
    'docs/made-up.md: no rule is called R0.7.',
    'docs/made-up.md: there is no npm script away.',
  ])
})

test('a snippet that does not compile is told by page and line, in TypeScript and in HTML', () => {
  const right = "```ts\nawait client.chat.send('hello')\n```"
  const wrong = '```ts\nawait client.join()\nawait client.chat.send(5)\n```'
  const html = '```html\n<video id="me"></video>\n<script type="module">me.dance()</script>\n```'
  expect(brokenSnippets(page([right, wrong, html].join('\n')))).toEqual([
    expect.stringMatching(/^docs\/made-up\.md:6: .*'number'/),
    expect.stringMatching(/^docs\/made-up\.md:\d+: .*'dance'/),
  ])
})

test('an exported function or class without an example is found; an example that does not compile, too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-examples-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'made-up.ts')
  const lines = [
    '/** Says nothing more. */ export function bare() {}',
    'export class Bare {}',
    'export const arrow = () => {}',
    'export const LIMIT = 5',
    'export type Shape = { size: number }',
    '/**',
    ' * @example',
    ' * ```ts',
    ' * await client.chat.send(5)',
    ' * ```',
    ' */',
    'export const shown = () => {}',
  ]
  writeFileSync(path, lines.join('\n'))
  expect(missingExamples([path])).toEqual(['bare', 'Bare', 'arrow'].map((name) => `${path}: ${name} has no @example.`))
  expect(brokenSnippets(examplePages([path]))).toEqual([
    expect.stringMatching(/made-up\.ts, example of shown:2: .*'number'/),
  ])
})

test('a rule without a test, a number that is given twice, and a citation of no rule are found', () => {
  const spec = '- **R1.1** One.\n- **R1.2** Two.\n- **R1.2** Two again.\n- **R10.1** Ten.'
  const tests = ["test('one [R1.1]', …)", "test.each(…)('two and another [R1.2, R1.3]', …)"]
  expect(brokenRules(spec, tests)).toEqual([
    'docs/spec.md: two rules are called R1.2.',
    'docs/spec.md: no test cites rule R10.1.',
    'A test cites R1.3, which is no rule.',
  ])
})

test('a decision that the index does not list, or lists by another title, is found', () => {
  const decision = (file: string, title: string) => ({ path: `docs/decisions/${file}`, text: `# ${title}\n\nWhy.` })
  const index = {
    path: 'docs/decisions/README.md',
    text: '# Decisions\n\n- [1. One](0001-one.md)\n- [2. Too](0002-two.md)',
  }
  const of = [
    index,
    decision('0001-one.md', '1. One'),
    decision('0002-two.md', '2. Two'),
    decision('0003-three.md', '3. Three'),
  ]
  expect(unlistedDecisions(of)).toEqual([
    'docs/decisions/README.md: there is no line "- [2. Two](0002-two.md)".',
    'docs/decisions/README.md: there is no line "- [3. Three](0003-three.md)".',
  ])
})

test('a test file and a filter for test files that do not exist are found, others are not', () => {
  const right =
    '`server/test/log/kill.test.ts` `log/kill.test.ts` `kill.test.ts` `log/sqlite-*.test.ts` `server/test/log/sqlite`'
  const wrong = '`gateway/kill.test.ts` `ill.test.ts` `log/oracle-*.test.ts` `npm run unit -- server/test/log/oracle`'
  expect(missingTests(page(`${right} ${wrong}`))).toEqual([
    'docs/made-up.md: there is no test gateway/kill.test.ts.',
    'docs/made-up.md: there is no test ill.test.ts.',
    'docs/made-up.md: there is no test log/oracle-*.test.ts.',
    'docs/made-up.md: there is no test server/test/log/oracle.',
  ])
})

test('words that name no actor are found, except in inline code of a page', () => {
  const [word = ''] = VAGUE
  expect(vagueWords(page(`A participant joins.\n${word} joins. \`${word}\``))).toEqual([
    `docs/made-up.md:2: "${word}" names no actor.`,
  ])
})

test('sources, tests and pages name who acts', () => {
  expect(vagueWords()).toEqual([])
})

test('every page with something generated is as the sources say', () => {
  const generated = generatedPages()
  expect(generated.map(({ path }) => path)).toEqual(expect.arrayContaining(['docs/errors.md', 'docs/protocol.md']))
  for (const { path, text } of generated) expect(readFileSync(path, 'utf8'), `${path}: run npm run docs`).toBe(text)
})

test('the table of settings names as options those of the server, and no others', () => {
  const cells = [...(REGIONS.settings?.() ?? '').matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell)
  expect(cells).toEqual(expect.arrayContaining(['`auth.secret`', '`logLevel`', '–']))
  for (const [, option = ''] of cells.join('\n').matchAll(/`(\w+)/g)) {
    expect(() => checkSettings({ [option]: undefined })).toThrow(`${option} must not be undefined`)
  }
})
