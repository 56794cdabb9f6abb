import { resolve } from 'node:path'
import { LogUnavailable } from '../../ports/log-unavailable'
import { fileNumber } from './file-watch'

/** A database, as long as it is open. */
type Handle = { readonly isOpen: boolean }

/** Kept by the process: after a hot reload another copy of this module looks there too. */
const KEPT = Symbol.for('@peerstage/server.openFiles')
const kept = globalThis as { [KEPT]?: Map<string, WeakRef<Handle>> }

const isOpen = (handle: WeakRef<Handle>): boolean => handle.deref()?.isOpen ?? false

/**
 * Asks for a file that is there, for one log of this process; what it returns tells that the file was opened. SQLite knows no
 * difference between this process and others: it would wait for a lock that this very thread holds.
 * @throws LogUnavailable where the file is open in this process
 */
export function claimFile(path: string): (handle: Handle) => void {
  kept[KEPT] ??= new Map()
  const files = kept[KEPT]
  for (const [key, handle] of files) if (!isOpen(handle)) files.delete(key)
  const key = fileNumber(path) ?? resolve(path)
  if (files.has(key)) {
    const advice = 'close the log that has it first; in a hot reload, before the next one is made'
    throw new LogUnavailable(`${path} is open in this very process already: ${advice}.`)
  }
  return (handle) => void files.set(key, new WeakRef(handle))
}
