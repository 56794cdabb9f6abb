import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { type Page, pages } from './pages'

const FENCE = /^```[\s\S]*?^```/gm
const LINK = /(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g
const IMAGE = /!\[[^\]]*\]\(([^)\s]+)\)/g
const HEADING = /^#{1,6} +(.+)$/gm
const FOREIGN = /^(?:https?|mailto):/

/** Relative links of all pages that lead to no file or no heading, as sentences. Foreign ones are not visited. */
export function brokenLinks(of: readonly Page[] = pages()): string[] {
  const anchors = new Map(of.map(({ path, text }) => [path, anchorsOf(text)]))
  return of.flatMap(({ path, text }) => {
    const prose = text.replace(FENCE, '')
    const targets = [...prose.matchAll(LINK), ...prose.matchAll(IMAGE)].flatMap(([, target = '']) => target)
    return targets
      .filter((target) => !FOREIGN.test(target) && !leads(path, target, anchors))
      .map((target) => {
        return `${path}: the link ${target} leads nowhere.`
      })
  })
}

function leads(from: string, target: string, anchors: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const [file = '', anchor] = target.split('#', 2)
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file))
  if (!anchors.has(path) && !existsSync(path)) return false
  return anchor === undefined || (anchors.get(path)?.has(anchor) ?? false)
}

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of text.replace(FENCE, '').matchAll(HEADING)) {
    const base = slug(heading)
    let anchor = base
    for (let again = 1; anchors.has(anchor); again++) anchor = `${base}-${again}`
    anchors.add(anchor)
  }
  return anchors
}

const slug = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-')
