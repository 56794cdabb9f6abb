import { readdirSync, readFileSync } from 'node:fs'
import { errorsPage } from './errors-page'
import { eventsPage } from './events-page'
import { protocolPage } from './protocol-page'
import { REGIONS } from './regions'

export type Page = { readonly path: string; readonly text: string }

/** Every page of the docs that has something generated in it, as it ought to be. */
export function generatedPages(): Page[] {
  const whole = [
    { path: 'docs/protocol.md', text: protocolPage() },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/events.md', text: eventsPage() },
  ]
  const paths = new Set(whole.map(({ path }) => path))
  return [
    ...whole,
    ...pages()
      .filter(({ path }) => !paths.has(path))
      .map(withRegions),
  ]
}

/** The README and all pages of `docs`, as they are. */
export function pages(): Page[] {
  const inDocs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .map((path) => `docs/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md') && !path.startsWith('docs/api/'))
  return ['README.md', ...inDocs.sort()].map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

const REGION = /(<!-- generated: (\w+) -->)[\s\S]*?(<!-- \/generated -->)/g

/** @throws Error for a region that nobody makes */
function withRegions({ path, text }: Page): Page {
  const filled = text.replace(REGION, (_whole, before: string, name: string, after: string) => {
    const make = REGIONS[name]
    if (make === undefined) throw new Error(`${path}: nothing makes the region ${name}.`)
    return `${before}\n\n${make()}\n\n${after}`
  })
  return { path, text: filled }
}
