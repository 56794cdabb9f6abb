import { type Page, pages } from './pages'

const INDEX = 'docs/decisions/README.md'
const DECISION = /^docs\/decisions\/(\d{4}-[\w-]+\.md)$/

/** Decisions that the index does not list by their number and title, as sentences. */
export function unlistedDecisions(of: readonly Page[] = pages()): string[] {
  const index = of.find(({ path }) => path === INDEX)?.text.split('\n') ?? []
  return of.flatMap(({ path, text }) => {
    const file = DECISION.exec(path)?.[1]
    if (file === undefined) return []
    const line = `- [${text.split('\n', 1)[0]?.replace(/^# /, '')}](${file})`
    return index.includes(line) ? [] : [`${INDEX}: there is no line "${line}".`]
  })
}
