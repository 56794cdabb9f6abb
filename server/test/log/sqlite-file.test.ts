import { once } from 'node:events'
import { openSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test, vi } from 'vitest'
import { loadSqlite } from '../../src/log/sqlite/driver'
import { notOpened, openFile, unavailable } from '../../src/log/sqlite/file'
import { sqliteLog } from '../../src/log/sqlite/sqlite-log'
import { LogNotReady, LogUnavailable } from '../../src/ports/log-unavailable'
import { LogWriter } from '../contract/log-writer'
import { LogFolder } from '../harness/log-folder'
import { built, start } from '../harness/own-process'

test('a file that is open is rejected to a second log, with a sentence [R3.11]', () => {
  const files = new LogFolder()
  files.open()
  expect(() => files.open()).toThrow(LogUnavailable)
  expect(() => files.open()).toThrow(`${files.path} is open in this very process already: close the log that has it`)
})

test('a file that is open here is known by all its names, and to another copy of this module too [R3.11]', async () => {
  const files = new LogFolder()
  const log = files.open()
  const link = join(files.folder, 'linked.db')
  symlinkSync(files.path, link)
  expect(() => sqliteLog(link)).toThrow('in this very process')
  vi.resetModules()
  const { sqliteLog: copy } = await import('../../src/log/sqlite/sqlite-log')
  expect(copy).not.toBe(sqliteLog)
  expect(() => copy(files.path)).toThrow('in this very process')
  await log.close()
  await copy(files.path).close()
})

test('a file of a newer schema is rejected with a sentence, and stays as it is', async () => {
  const files = new LogFolder()
  await files.open().close()
  const db = loadSqlite()(files.path)
  const version = db.pragma('user_version') as number
  db.pragma(`user_version = ${version + 1}`)
  db.close()
  const before = readFileSync(files.path)
  expect(() => files.open()).toThrow(`${files.path} was written by a newer version of Peerstage`)
  expect(readFileSync(files.path)).toEqual(before)
})

test('a database of another program is rejected with a sentence, and stays as it is', () => {
  const files = new LogFolder()
  const db = loadSqlite()(files.path)
  db.exec('CREATE TABLE cheese (name TEXT)')
  db.close()
  const before = readFileSync(files.path)
  expect(() => files.open()).toThrow(`${files.path} is a database of another program, not a log of Peerstage.`)
  expect(readFileSync(files.path)).toEqual(before)
})

test('a file that is no database is rejected with a sentence, and stays as it is', () => {
  const files = new LogFolder()
  writeFileSync(files.path, 'Dear diary, '.repeat(1000))
  expect(() => files.open()).toThrow(`${files.path} is not a log of Peerstage.`)
  expect(readFileSync(files.path, 'utf8')).toContain('Dear diary')
})

test('a folder, and a path below a file, are rejected with a sentence', () => {
  const files = new LogFolder()
  expect(() => sqliteLog(files.folder)).toThrow('is a folder: name a file.')
  writeFileSync(files.path, '')
  expect(() => sqliteLog(join(files.path, 'rooms.db'))).toThrow('cannot be opened, or made, by this user.')
})

test.each(['rooms.db ', 'rooms.db\r', 'rooms.db\n', ' ', ''])(
  'a path with white space at an end is rejected with a sentence, and no file is made: %j',
  (name) => {
    const files = new LogFolder()
    const path = name.trim() === '' ? name : join(files.folder, name)
    expect(() => sqliteLog(path)).toThrow(LogUnavailable)
    expect(() => sqliteLog(path)).toThrow(name.trim() === '' ? 'is no path of a log.' : 'has white space at an end')
    expect(() => sqliteLog(path)).toThrow(JSON.stringify(path))
    expect(readdirSync(files.folder)).toEqual([])
  },
)

test('what looks like memory and is not quite is rejected too, because it would not be seen that all is temporary', () => {
  expect(() => sqliteLog(':memory: ')).toThrow('":memory: " has white space at an end: a path of a log must not.')
})

test('a file that was damaged says so where it is read, with what SQLite said as its cause; the other reads go on', async () => {
  const files = new LogFolder()
  const log = files.open()
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  for (let i = 0; i < 300; i++) await room.say('ada', `${i}`.padEnd(2000, 'x'))
  await log.close()
  const file = openSync(files.path, 'r+')
  const { size } = statSync(files.path)
  for (let page = 30; page < size / 4096; page++) writeSync(file, Buffer.alloc(4096, 0xaa), 0, 4096, page * 4096)
  const damaged = files.open()
  await expect(damaged.history('hall', { limit: 100 })).rejects.toMatchObject({
    name: 'LogUnavailable',
    message: 'The log is damaged.',
    cause: expect.objectContaining({ message: 'database disk image is malformed' }),
  })
  expect(await damaged.load('other')).toEqual({ bans: [] })
})

test('of what was damaged nothing is said but that it is: it may be the text of a message', async () => {
  const files = new LogFolder()
  const log = files.open()
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  await room.say('ada', 'plums')
  await log.close()
  files.alter("UPDATE chat SET message = 'plums'; UPDATE records SET logged = 'plums'")
  const damaged = files.open()
  const faults = [damaged.history('hall', { limit: 1 }), damaged.load('hall')].map((asked) =>
    asked.catch((error) => error),
  )
  for (const fault of await Promise.all(faults)) {
    expect(fault).toMatchObject({ name: 'LogUnavailable', message: 'The log is damaged.' })
    expect(inspect(fault, { showHidden: true })).not.toContain('plums')
  }
})

test('the file and its folder are for their own user', () => {
  const files = new LogFolder()
  const path = join(files.folder, 'deep', 'down', 'rooms.db')
  const log = sqliteLog(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600)
  expect(statSync(join(files.folder, 'deep')).mode & 0o777).toBe(0o700)
  return log.close()
})

test.each([
  [{ durability: 'none' as 'full' }, 'durability must be'],
  [{ maxBytes: 4096 }, 'maxBytes must be a number from 1048576'],
  [{ maxRoomBytes: -1 }, 'maxRoomBytes must be a number from 0'],
  [{ chatDays: Number.NaN }, 'chatDays must be a number from 0'],
])('a wrong option is a RangeError that names it: %o', (options, sentence) => {
  expect(() => sqliteLog(':memory:', options)).toThrow(RangeError)
  expect(() => sqliteLog(':memory:', options)).toThrow(sentence)
})

test.each([
  ['process', 1],
  ['full', 2],
] as const)(
  'durability %s waits for the disk as it says, and nothing that is deleted stays in the file',
  (durability, synchronous) => {
    const db = openFile(new LogFolder().path, { durability, maxBytes: 1024 * 1024 })
    const asked = ['synchronous', 'journal_mode', 'locking_mode', 'secure_delete', 'max_page_count', 'foreign_keys']
    const got = asked.map((name) => db.pragma(name))
    db.close()
    expect(got).toEqual([synchronous, 'wal', 'exclusive', 1, 256, 0])
  },
)

test.each<[string, 'in_use' | 'disk' | undefined]>([
  ['SQLITE_BUSY_RECOVERY', 'in_use'],
  ['SQLITE_FULL', 'disk'],
  ['ENOSPC', 'disk'],
  ['EDQUOT', 'disk'],
  ['EROFS', 'disk'],
  ['SQLITE_IOERR_WRITE', 'disk'],
  ['EMFILE', 'disk'],
  ['SQLITE_NOTADB', undefined],
  ['SQLITE_CORRUPT', undefined],
  ['SQLITE_CANTOPEN', undefined],
  ['EACCES', undefined],
])('a file that is not opened for %s may be soon where that passes by itself', (code, why) => {
  const cause = Object.assign(new Error('as it is told'), { code })
  const error = notOpened('rooms.db', cause)
  expect(error).toMatchObject({
    name: 'LogUnavailable',
    cause,
    message: expect.stringMatching(/^rooms\.db is |^rooms\.db cannot /),
  })
  expect(error instanceof LogNotReady ? error.why : undefined).toBe(why)
})

test('a file that is rejected to a second log of this process stays locked for other processes [R3.11]', async () => {
  const files = new LogFolder()
  files.open()
  expect(() => files.open()).toThrow('in this very process')
  const { child, said } = start([await built('../harness/second-process.ts', import.meta.url), files.path])
  await once(child, 'close')
  expect(said()).toContain('is in use by another process: one file is for one server.')
})

test.each([
  ['SQLITE_FULL', 13, 'The disk is full, or the log has reached its maxBytes.'],
  ['SQLITE_BUSY', 5, 'The log is locked by another process.'],
  ['SQLITE_READONLY_DBMOVED', 1032, 'The log may not be written.'],
  ['SQLITE_CORRUPT_INDEX', 779, 'The log is damaged.'],
  ['SQLITE_NOTADB', 26, 'The log is damaged.'],
  ['SQLITE_IOERR_FSYNC', 1034, 'The disk has failed.'],
  ['SQLITE_ERROR', 1, 'The log has failed.'],
])('%s makes the log unavailable, with a sentence and its cause, by name and by number', (code, errcode, sentence) => {
  const causes = [{ code }, { code: 'ERR_SQLITE_ERROR', errcode }]
  for (const cause of causes.map((codes) => Object.assign(new Error('as SQLite says it'), codes))) {
    expect(unavailable(cause)).toMatchObject({ name: 'LogUnavailable', message: sentence, cause })
  }
})
