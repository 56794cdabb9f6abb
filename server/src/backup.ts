import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { holdOf } from './backup-door'
import type { CommandLine } from './command-line'
import { ConfigError } from './config'
import { LogNotReady, LogUnavailable } from './hosting/ports'
import { loadSqlite } from './log/sqlite-driver'
import { notOpened } from './log/sqlite-file'
import type { Database } from './log/sqlite-port'
import { checkFile } from './log/sqlite-schema'

type Wanted = Omit<Extract<CommandLine, { do: 'backup' }>, 'do'>

/** Copies a log, of a server that runs or of none, to a file of its own; a sentence tells of it. @throws an error for people */
export async function backUp({ log, target, force }: Wanted): Promise<string> {
  checkPaths({ log, target, force })
  const part = `${target}.part`
  clear(part)
  try {
    closeSync(openSync(part, 'ax', 0o600))
    await copy(log, part)
    seal(part)
    place(part, target, force)
  } catch (error) {
    throw error instanceof ConfigError ? error : notOpened(target, error)
  } finally {
    clear(part)
  }
  return `${log} is backed up in ${target} (${statSync(target).size} bytes).`
}

/** What SQLite puts beside a file goes with it. */
function clear(part: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(part + end, { force: true })
}

function checkPaths({ log, target, force }: Wanted): void {
  const problem = (path: string, sentence: string) => new ConfigError([{ path, sentence }])
  if (!existsSync(log)) throw problem(log, 'is not there: --log (PEERSTAGE_LOG) names the log')
  if ([log, `${log}-wal`, `${log}-shm`].some((each) => resolve(each) === resolve(target))) {
    throw problem(target, 'is the log itself')
  }
  if (!force && existsSync(target)) throw problem(target, 'is there already: --force overwrites it')
}

async function copy(log: string, part: string): Promise<void> {
  const hold = await holdOf(log)
  if (hold === undefined) return copyOfNobody(log, part)
  // Not by SQLite, which finds the file locked. What is in the write-ahead log by now came later.
  await copyFile(log, part)
  if (!(await hold.copied())) throw new LogNotReady(`${log} has changed meanwhile: its server has ended.`, 'in_use')
}

/** Where no server runs, SQLite itself knows what of the write-ahead log belongs to it. */
function copyOfNobody(log: string, part: string): void {
  const db = loadSqlite()(log)
  try {
    db.pragma('busy_timeout = 1000')
    checkFile(db, log)
    db.prepare<[string]>('VACUUM INTO ?').run(part)
  } catch (error) {
    throw notOpened(log, error)
  } finally {
    db.close()
  }
}

/** The copy is sound, holds nothing that was erased, and says that it was restored: whoever heard of later events gets a snapshot. */
function seal(part: string): void {
  const db: Database = loadSqlite()(part)
  try {
    checkFile(db, part)
    if (db.pragma('integrity_check') !== 'ok') throw new LogUnavailable('The log is damaged.')
    db.exec("UPDATE upkeep SET machine = 'restored', erased = 0")
    db.exec('VACUUM')
    db.pragma('journal_mode = DELETE')
  } finally {
    db.close()
  }
}

function place(part: string, target: string, force: boolean): void {
  const file = openSync(part, 'r+')
  fsyncSync(file)
  closeSync(file)
  if (force) return renameSync(part, target)
  try {
    linkSync(part, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(target)) {
      throw new ConfigError([{ path: target, sentence: 'is there already: --force overwrites it' }])
    }
    // Not every file system has links.
    renameSync(part, target)
  }
}
