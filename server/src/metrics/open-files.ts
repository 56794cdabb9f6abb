import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * Measures whether the process can open more files: now, and for how many seconds it could not, because no scrape may have happened then.
 * While the limit is reached, a scrape on a new connection fails too. Returns a function that stops it.
 */
export function openFiles(registers: Registry[]): () => void {
  new Gauge({
    name: 'peerstage_files_full',
    help: '1 while the process cannot open more files, otherwise 0. New connections are then closed unread.',
    registers,
    collect() {
      this.set(mayOpenFile() ? 0 : 1)
    },
  })
  const seconds = new Counter({
    name: 'peerstage_files_full_seconds_total',
    help: 'Seconds in which the process could not open more files. It tries once a second.',
    registers,
  })
  const timer = setInterval(() => {
    if (!mayOpenFile()) seconds.inc()
  }, 1000)
  timer.unref()
  return () => clearInterval(timer)
}

/** Tries to open a file. When none can be opened (EMFILE, ENFILE), libuv closes new connections without an event. */
function mayOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return true
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes(String((error as NodeJS.ErrnoException).code))
  }
}
