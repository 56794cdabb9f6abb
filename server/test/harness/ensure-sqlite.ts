// SQLite for the tests on a Node without `node:sqlite`: builds better-sqlite3, which `npm ci` installs but does not build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { loadSqlite, SqliteMissing } from '../../src/log/sqlite/driver'

/** Runs once before the tests, in vitest's own process. */
export default async function setup(): Promise<void> {
  if (isThere()) return
  console.log('This Node has no SQLite: downloading better-sqlite3 for it, or building it, which takes some minutes.')
  const folder = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
  const child = spawn('npm', ['run', 'install'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: true })
  const [code] = await once(child, 'close')
  if (code !== 0 || !isThere()) throw new Error('The tests need Node 22.13 or newer, or a compiler for better-sqlite3.')
}

function isThere(): boolean {
  try {
    loadSqlite()
    return true
  } catch (error) {
    if (error instanceof SqliteMissing) return false
    throw error
  }
}
