import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadSqlite } from '../../src/log/sqlite/driver'
import type { SqliteRoomLog } from '../../src/log/sqlite/opened-log'
import { type SqliteLogOptions, sqliteLog } from '../../src/log/sqlite/sqlite-log'
import { FakeClock } from './fake-clock'

/** A temporary folder with the file of a log, removed after the test. */
export class LogFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'peerstage-log-'))
  readonly path = join(this.folder, 'rooms.db')
  readonly clock = new FakeClock()
  readonly #disk = `${this.folder}-disk`
  readonly #opened: SqliteRoomLog[] = []

  constructor() {
    onTestFinished(async () => {
      for (const log of this.#opened) await log.close()
      for (const folder of [this.folder, this.#disk]) rmSync(folder, { recursive: true, force: true })
    })
  }

  /** Opens the log, or reopens it after it was closed. */
  open(options: SqliteLogOptions = {}): SqliteRoomLog {
    const log = sqliteLog(this.path, { clock: this.clock, ...options })
    this.#opened.push(log)
    return log
  }

  /** Saves a copy of the files: what a later loss of power leaves. */
  reachesTheDisk(): void {
    mkdirSync(this.#disk, { recursive: true })
    this.#copy(this.folder, this.#disk)
  }

  /** Restores the saved files and marks them as written before the machine started. No process may have them open. */
  losesPower(): void {
    this.isAsItReachedTheDisk()
    this.alter("UPDATE upkeep SET machine = 'of an earlier start' WHERE machine IS NOT NULL")
  }

  /** Restores the saved files. No process may have them open. */
  isAsItReachedTheDisk(): void {
    for (const name of this.#files(this.folder)) rmSync(join(this.folder, name))
    this.#copy(this.#disk, this.folder)
  }

  /** Changes the file directly, beside the log. */
  alter(sql: string): void {
    const db = loadSqlite()(this.path)
    db.exec(sql)
    db.close()
  }

  /** The number that a query returns. No process may have the file open. */
  ask(sql: string): number {
    const db = loadSqlite()(this.path)
    const [answer] = Object.values(db.prepare<[], object>(sql).get() ?? {})
    db.close()
    return Number(answer)
  }

  /** Whether any file in the folder contains this text. */
  holds(text: string): boolean {
    return readdirSync(this.folder).some((name) => readFileSync(join(this.folder, name)).includes(text))
  }

  #files = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('rooms.db'))

  #copy(from: string, to: string): void {
    for (const name of this.#files(from)) copyFileSync(join(from, name), join(to, name))
  }
}
