import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { LogUnavailable } from '../../ports/log-unavailable'
import { IN_MEMORY } from './port'

const GONE =
  "The log's file is not where it was: it was deleted, moved or replaced. Put this very file back, or restart the server on what is there."

/**
 * Returns a check that the paths of an open file and of its write-ahead log still lead to the same files; the check throws a
 * LogUnavailable when they do not. It is needed because SQLite goes on writing to a file that was deleted, and all of that is lost
 * when the process ends. The check takes some microseconds. Where the system has no file numbers, or cannot be asked, it finds no fault.
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

/** Identifies a file among all files of the machine; undefined when the file does not exist, or the system has no such number. */
export function fileNumber(path: string): string | undefined {
  const number = numberOf(path)
  return number === NONE ? undefined : number
}

/** The same number; `none` when the file does not exist. */
function numberOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) return NONE
    return found.ino === 0n ? undefined : `${found.dev}:${found.ino}`
  } catch {
    return undefined
  }
}
