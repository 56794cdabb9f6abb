import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where tests are. */
export const TEST_FOLDERS = ['sdk/test', 'server/test']
/** Not ours, or written by a tool. */
const FOREIGN = new Set(['node_modules', 'dist'])

/** The sources of a folder, without what apps for tests have installed there. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : filesIn(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}
