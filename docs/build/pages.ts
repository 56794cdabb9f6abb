import { readdirSync, readFileSync } from 'node:fs'
import { errorsPage } from './errors-page'
import { eventsPage } from './events-page'
import { performancePages } from './performance-page'
import { protocolPage } from './protocol-page'
import { REGIONS } from './regions'
import { statePage } from './state-page'

export type Page = { readonly path: string; readonly text: string }

/** Every page of the docs that has something generated in it, as it ought to be. */
export function generatedPages(): Page[] {
  const whole = [
    { path: 'docs/protocol.md', text: protocolPage() },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/events.md', text: eventsPage() },
    { path: 'docs/state.md', text: statePage() },
    ...performancePages(),
  ]
  const paths = new Set(whole.map(({ path }) => path))
  return [
    ...whole,
    ...pages()
      .filter(({ path }) => !paths.has(path))
      .map(withRegions),
  ]
}

const READMES = ['README.md', 'sdk/README.md', 'server/README.md']
const FOLDERS = ['.github', 'docs', 'examples']
/** Not ours, or written by a tool. */
const FOREIGN = /(?:^|\/)(?:node_modules|dist|api)\//

/** Every page that people read, as it is: the READMEs and all of `docs`, the examples and `.github`. */
export function pages(): Page[] {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
  )
  const paths = [...READMES, ...found.filter((path) => path.endsWith('.md') && !FOREIGN.test(path)).sort()]
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

const REGION = /(<!-- generated: (\w+) -->)[\s\S]*?(<!-- \/generated -->)/g

/** @throws Error for a region without a function that makes it */
function withRegions({ path, text }: Page): Page {
  const filled = text.replace(REGION, (_whole, before: string, name: string, after: string) => {
    const make = REGIONS[name]
    if (make === undefined) throw new Error(`${path}: nothing makes the region ${name}.`)
    return `${before}\n\n${make()}\n\n${after}`
  })
  return { path, text: filled }
}
