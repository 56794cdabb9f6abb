import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadSqlite } from '../../src/log/sqlite/driver'
import type { SqliteRoomLog } from '../../src/log/sqlite/opened-log'
import { type SqliteLogOptions, sqliteLog } from '../../src/log/sqlite/sqlite-log'
import { FakeClock } from './fake-clock'

/** A folder with a log's file in it, which is gone when the test has ended. */
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

  /** Opens the log, or opens it again after it was closed. */
  open(options: SqliteLogOptions = {}): SqliteRoomLog {
    const log = sqliteLog(this.path, { clock: this.clock, ...options })
    this.#opened.push(log)
    return log
  }

  /** Notes what the disk holds now: all that is left when the machine loses power later. */
  reachesTheDisk(): void {
    mkdirSync(this.#disk, { recursive: true })
    this.#copy(this.folder, this.#disk)
  }

  /** Once no process has it open: the files are as they last reached the disk, and the machine starts again. */
  losesPower(): void {
    this.isAsItReachedTheDisk()
    this.alter("UPDATE upkeep SET machine = 'of an earlier start' WHERE machine IS NOT NULL")
  }

  /** Once no process has it open: the files are as they last reached the disk. */
  isAsItReachedTheDisk(): void {
    for (const name of this.#files(this.folder)) rmSync(join(this.folder, name))
    this.#copy(this.#disk, this.folder)
  }

  /** Does to the file what no log would. */
  alter(sql: string): void {
    const db = loadSqlite()(this.path)
    db.exec(sql)
    db.close()
  }

  /** Once no process has it open: the number that a query answers with. */
  ask(sql: string): number {
    const db = loadSqlite()(this.path)
    const [answer] = Object.values(db.prepare<[], object>(sql).get() ?? {})
    db.close()
    return Number(answer)
  }

  /** Whether any file in the folder holds these bytes. */
  holds(text: string): boolean {
    return readdirSync(this.folder).some((name) => readFileSync(join(this.folder, name)).includes(text))
  }

  #files = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('rooms.db'))

  #copy(from: string, to: string): void {
    for (const name of this.#files(from)) copyFileSync(join(from, name), join(to, name))
  }
}
