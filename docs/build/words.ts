import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from './pages'

/** Words that name no actor. Write who acts, such as "a participant that …": see CONTRIBUTING. */
export const VAGUE = ['whoever', 'whomever', 'somebody', 'nobody', 'oneself']

const VAGUE_WORD = new RegExp(`\\b(?:${VAGUE.join('|')})\\b`, 'gi')
const FILES = ['README.md', 'sdk/README.md', 'server/README.md', 'sdk/CHANGELOG.md', 'server/CHANGELOG.md']
const PARTS = ['sdk/src', 'sdk/build', 'sdk/bench', 'sdk/test', 'server/src', 'server/bench', 'server/test']
const FOLDERS = ['.changeset', '.ci', '.github', 'docs', 'examples', ...PARTS]
const TEXT = /\.(?:md|[cm]?[jt]sx?|css|html|ya?ml)$/
/** Not ours, or written by a tool. */
const FOREIGN = new Set(['node_modules', 'dist', 'api'])
const SELF = 'docs/build/words.ts'

/** Words in sources, tests and pages that name no actor, as sentences. Inline code in Markdown may have them. */
export function vagueWords(of: readonly Page[] = texts()): string[] {
  return of.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => {
      const prose = path.endsWith('.md') ? line.replace(/`[^`]*`/g, '') : line
      return [...prose.matchAll(VAGUE_WORD)].map(([word]) => `${path}:${i + 1}: "${word}" names no actor.`)
    }),
  )
}

const texts = (): Page[] =>
  [...FILES, ...FOLDERS.flatMap(filesIn)]
    .filter((path) => TEXT.test(path) && path !== SELF)
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** The files of a folder, with forward slashes on every system. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name).replaceAll('\\', '/')
    if (!entry.isDirectory()) return [path]
    return FOREIGN.has(entry.name) ? [] : filesIn(path)
  })
}
