import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../config/settings'
import { loadSqlite } from '../log/sqlite/driver'
import { notOpened } from '../log/sqlite/file'
import { codeOf, type Database } from '../log/sqlite/port'
import { checkFile } from '../log/sqlite/schema'
import { LogNotReady, LogUnavailable } from '../ports/log-unavailable'
import { holdOf } from './backup-socket'
import type { CommandLine } from './command-line'

type Wanted = Omit<Extract<CommandLine, { type: 'backup' }>, 'type'>

/** Copies a log to a file, whether a server runs or not. Returns a sentence for the operator. @throws an error for the operator */
export async function backUp({ log, target, force }: Wanted): Promise<string> {
  checkPaths({ log, target, force })
  // A unique name, because another backup to the same target may be running.
  const part = `${target}.${process.pid}-${randomBytes(4).toString('hex')}.part`
  try {
    await at(target, () => closeSync(openSync(part, 'wx', 0o600)))
    await copy(log, part, target)
    await seal(log, part, target)
    await at(target, () => place(part, target, force))
  } finally {
    clear(part)
  }
  return `${log} is backed up in ${target} (${statSync(target).size} bytes).`
}

/** Removes a file and those that SQLite creates next to it. */
function clear(part: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(part + end, { force: true })
}

/** Runs a step on one file, and names the file in its errors. */
async function at<T>(path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw error instanceof ConfigError ? error : notOpened(path, error)
  }
}

/** Runs a step that reads the log and writes the target. Errors about space and write permission name the target. */
async function between(log: string, target: string, step: () => void | Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    const isOfTarget = /^(ENOSPC|EDQUOT|EROFS|SQLITE_(FULL|READONLY|CANTOPEN))/.test(codeOf(error))
    throw notOpened(isOfTarget ? target : log, error)
  }
}

function checkPaths({ log, target, force }: Wanted): void {
  const problem = (path: string, sentence: string) => new ConfigError([{ path, sentence }])
  if (!existsSync(log)) throw problem(log, 'does not exist: --log (PEERSTAGE_LOG) names the log')
  if (!existsSync(dirname(target))) throw problem(target, 'is in a folder that does not exist')
  const real = realOf(log)
  if ([real, `${real}-wal`, `${real}-shm`, `${real}.sock`].includes(realOf(target))) {
    throw problem(target, 'is the log itself')
  }
  if (!force && existsSync(target)) throw problem(target, 'already exists: --force overwrites it')
}

/** The real path of a file that exists or will exist. */
function realOf(path: string): string {
  return existsSync(path) ? realpathSync.native(path) : join(realpathSync.native(dirname(path)), basename(path))
}

async function copy(log: string, part: string, target: string): Promise<void> {
  await at(log, () => accessSync(log, constants.R_OK))
  const hold = await at(log, () => holdOf(log))
  if (hold === undefined) return copyWithoutServer(log, part, target)
  // Without SQLite, because the server has the file locked. The write-ahead log now contains only later changes.
  await between(log, target, () => copyFile(log, part))
  if (!(await hold.copied()))
    throw new LogNotReady(`${log} changed during the copy, because its server ended.`, 'in_use')
}

/** Copies with SQLite, which includes the write-ahead log, when no server runs. */
async function copyWithoutServer(log: string, part: string, target: string): Promise<void> {
  const db = await at(log, () => loadSqlite()(log))
  try {
    await at(log, () => {
      db.pragma('busy_timeout = 1000')
      checkFile(db, log)
    })
    await between(log, target, () => void db.prepare<[string]>('VACUUM INTO ?').run(part))
  } finally {
    db.close()
  }
}

/**
 * Checks the copy, removes all traces of erased data, and marks it as restored, so that a client that saw later events gets a
 * snapshot.
 */
async function seal(log: string, part: string, target: string): Promise<void> {
  const db: Database = await at(target, () => loadSqlite()(part))
  try {
    // A copy that is damaged means that the log is damaged.
    await at(log, () => {
      checkFile(db, log)
      if (db.pragma('integrity_check') !== 'ok') throw new LogUnavailable(`${log} is damaged.`)
    })
    await at(target, () => {
      db.exec("UPDATE upkeep SET machine = 'restored', erased = 0")
      db.exec('VACUUM')
      db.pragma('journal_mode = DELETE')
    })
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
      throw new ConfigError([{ path: target, sentence: 'already exists: --force overwrites it' }])
    }
    // Some file systems have no links.
    renameSync(part, target)
  }
}
