import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RoomLog } from '../../src/hosting/ports'
import { type SqliteLogOptions, sqliteLog } from '../../src/log/sqlite'
import { FakeClock } from '../fakes/fake-clock'

/** A folder with a log's file in it, which is gone when the test has ended. */
export class LogFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'peerstage-log-'))
  readonly path = join(this.folder, 'rooms.db')
  readonly clock = new FakeClock()
  readonly #opened: RoomLog[] = []

  constructor() {
    onTestFinished(async () => {
      for (const log of this.#opened) await log.close()
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  /** Opens the log, or opens it again after it was closed. */
  open(options: SqliteLogOptions = {}): RoomLog {
    const log = sqliteLog(this.path, { clock: this.clock, ...options })
    this.#opened.push(log)
    return log
  }

  /** Whether any file in the folder holds these bytes. */
  holds(text: string): boolean {
    return readdirSync(this.folder).some((name) => readFileSync(join(this.folder, name)).includes(text))
  }
}
