import { readFileSync } from 'node:fs'
import { type Commented, commentsOf } from './source-comments'

export const SLICES_FOLDER = 'sdk/src/verbs'

/** The types that the slices declare under a name like `ChatEvents` or `ChatState`, in the order of their register. */
export function sliceTypes(ending: 'Events' | 'State'): Commented[] {
  const register = readFileSync(`${SLICES_FOLDER}/slices.ts`, 'utf8')
  const [, listed] = /SLICES = \[([^\]]*)\]/.exec(register) ?? []
  if (listed === undefined) throw new Error(`${SLICES_FOLDER}/slices.ts lists no slices.`)
  return listed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .flatMap((slice) => [...commentsOf(`${SLICES_FOLDER}/${slice}.ts`)])
    .flatMap(([name, declared]) => (name.endsWith(ending) && declared.members.size > 0 ? [declared] : []))
}
