import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * Whether the process may open more files: as it is now, and the seconds in which it could not, which no scrape need have seen.
 * A scrape on a new connection is closed too while the limit is reached. Returns what stops counting.
 */
export function openFiles(registers: Registry[]): () => void {
  new Gauge({
    name: 'peerstage_files_full',
    help: '1 while the process may open no more files, 0 else: new connections are then closed unseen.',
    registers,
    collect() {
      this.set(mayOpenFile() ? 0 : 1)
    },
  })
  const seconds = new Counter({
    name: 'peerstage_files_full_seconds_total',
    help: 'Seconds in which the process could open no more files: it tries once a second.',
    registers,
  })
  const timer = setInterval(() => {
    if (!mayOpenFile()) seconds.inc()
  }, 1000)
  timer.unref()
  return () => clearInterval(timer)
}

/** When no file can be opened (EMFILE, ENFILE), libuv closes new connections without an event, so this opens a file to know. */
function mayOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return true
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes(String((error as NodeJS.ErrnoException).code))
  }
}
