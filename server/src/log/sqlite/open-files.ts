import { resolve } from 'node:path'
import { LogUnavailable } from '../../ports/log-unavailable'
import { fileNumber } from './file-watch'

/** A database, as long as it is open. */
type Handle = { readonly isOpen: boolean }

/** Stored in the global object, because a hot reload loads another copy of this module, which must see the same files. */
const KEPT = Symbol.for('@peerstage/server.openFiles')
const kept = globalThis as { [KEPT]?: Map<string, WeakRef<Handle>> }

const isOpen = (handle: WeakRef<Handle>): boolean => handle.deref()?.isOpen ?? false

/**
 * Reserves an existing file for one log of this process. Call what it returns when the file was opened. It is needed because SQLite
 * does not distinguish this process from others: it would wait for a lock that the same thread holds.
 * @throws LogUnavailable when the file is open in this process
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
