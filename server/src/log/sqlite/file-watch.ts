import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { LogUnavailable } from '../../ports/log-unavailable'
import { IN_MEMORY } from './port'

const GONE =
  "The log's file is not where it was: it was deleted, moved or replaced. Put this very file back, or restart the server on what is there."

/**
 * SQLite goes on in a file that was deleted as if nothing were wrong, and all of it is lost when the process ends. What this
 * answers with looks whether the paths of an open file, and of the write-ahead log beside it, still lead to them, which takes some
 * microseconds; it throws a LogUnavailable when they do not. Where a disk cannot tell files apart, or not just now, it is content.
 */
export function watchFile(name: string): () => void {
  const path = resolve(name)
  const opened = (name === IN_MEMORY ? [] : [path, `${path}-wal`]).map((each) => [each, numberOf(each)] as const)
  const watched = opened.filter(([, number]) => number !== undefined && number !== NONE)
  return () => {
    for (const [each, number] of watched) {
      const now = numberOf(each)
      if (now !== undefined && now !== number) throw new LogUnavailable(GONE)
    }
  }
}

const NONE = 'none'

/** What tells a file that is there from all others of the machine; undefined where the system does not tell. */
export function fileNumber(path: string): string | undefined {
  const number = numberOf(path)
  return number === NONE ? undefined : number
}

/** The same; `none` where there is no file. */
function numberOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) return NONE
    return found.ino === 0n ? undefined : `${found.dev}:${found.ino}`
  } catch {
    return undefined
  }
}
