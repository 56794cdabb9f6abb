import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryLog, sqliteLog } from '../../../src/index'
import { loadSqlite } from '../../../src/log/sqlite/driver'
import type { Clock } from '../../../src/ports/clock'
import type { RoomLog } from '../../../src/ports/room-log'
import { rowsLeft } from '../../soak/rows-left'

export type LogKind = 'memory' | 'sqlite'

/** The log of a server that is fuzzed. */
export type FuzzedLog = {
  readonly log: RoomLog
  /** Once it is closed, and nothing should be in it any more: what is wrong with it. Its file goes. */
  readonly findings: () => string[]
}

/** A minute of the fuzzer's time: old chat goes while frames come, and all of it before the end. */
const CHAT_DAYS = 1 / (24 * 60)

export function fuzzedLog(kind: LogKind, clock: Clock): FuzzedLog {
  if (kind === 'memory') return { log: memoryLog(clock), findings: () => [] }
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-fuzz-'))
  const path = join(folder, 'rooms.db')
  return {
    log: sqliteLog(path, { clock, chatDays: CHAT_DAYS }),
    findings: () => {
      const found = [...damage(path), ...rowsLeft(path)]
      rmSync(folder, { recursive: true })
      return found
    },
  }
}

function damage(path: string): string[] {
  const db = loadSqlite()(path)
  const said = db.pragma('integrity_check')
  db.close()
  return said === 'ok' ? [] : [`the log's file is damaged: ${said}`]
}
