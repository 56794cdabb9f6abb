import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryLog } from '../../../server/src/log/memory/memory-log'
import { sqliteLog } from '../../../server/src/log/sqlite/sqlite-log'
import type { RoomLog } from '../../../server/src/ports/room-log'
import type { Disk } from './house'

/** A log in memory that the world's processes share: what was kept is there for the next one. */
const shared = (log: RoomLog): Disk => ({ open: () => log, ended: () => false, close: () => void log.close() })

/** The memory log. Its clock is that of whichever process has opened it last. */
export function memoryDisk(): Disk {
  let now = () => 0
  const disk = shared(memoryLog({ now: () => now() }))
  return {
    ...disk,
    open: (clock) => {
      now = () => clock.now()
      return disk.open(clock)
    },
  }
}

/** SQLite without a file. */
export function sqliteDisk(): Disk {
  let clock: Parameters<Disk['open']>[0] = { now: () => 0, after: () => () => {} }
  const current = { now: () => clock.now(), after: (ms: number, callback: () => void) => clock.after(ms, callback) }
  const disk = shared(sqliteLog(':memory:', { clock: current }))
  return {
    ...disk,
    open: (opening) => {
      clock = opening
      return disk.open(opening)
    },
  }
}

/**
 * SQLite in a file that each process opens anew. One that was killed leaves what is on the disk at that instant, write-ahead
 * log included: the next one gets a copy of it.
 */
export function sqliteFileDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-model-'))
  const logs: RoomLog[] = []
  let file = join(folder, 'rooms-0.db')
  return {
    open: (clock) => {
      const log = sqliteLog(file, { clock })
      logs.push(log)
      return log
    },
    ended: (how) => {
      if (how === 'closed') void logs.at(-1)?.close()
      else file = copied(file, join(folder, `rooms-${logs.length}.db`))
      return how === 'killed'
    },
    close: () => {
      for (const log of logs) void log.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function copied(from: string, to: string): string {
  for (const part of ['', '-wal']) if (existsSync(from + part)) copyFileSync(from + part, to + part)
  return to
}
