// What the log asks of a database, on each SQLite that this machine has: one of them on each Node, as a rule.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { betterSqlite } from '../../src/log/sqlite/better'
import { nodeSqlite } from '../../src/log/sqlite/node'
import { codeOf, type Database, inTransaction, type OpenDatabase } from '../../src/log/sqlite/port'
import { LogFolder } from '../harness/log-folder'

const better = (): OpenDatabase | undefined => {
  try {
    return betterSqlite()
  } catch {
    return undefined
  }
}

const drivers = [
  ['node:sqlite', nodeSqlite()],
  ['better-sqlite3', better()],
].flatMap(([name, open]) => (typeof open === 'function' ? [{ name: String(name), open }] : []))

test('there is one', () => expect(drivers).not.toHaveLength(0))

describe.each(drivers)('$name', ({ open }) => {
  function table(path = ':memory:'): Database {
    const db = open(path)
    db.exec('CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, word TEXT UNIQUE) STRICT')
    return db
  }
  const words = (db: Database) => db.prepare<[], { word: string }>('SELECT word FROM words ORDER BY id').all()

  test('binds by place and by name, and answers with rows and the last row id', () => {
    const db = table()
    const byPlace = db.prepare<[string]>('INSERT INTO words (word) VALUES (?)')
    const byName = db.prepare<[{ word: string; id: number }]>('INSERT INTO words VALUES (@id, @word)')
    expect(Number(byPlace.run('päivää 👋').lastInsertRowid)).toBe(1)
    expect(Number(byName.run({ id: 7, word: 'seven' }).lastInsertRowid)).toBe(7)
    expect(words(db)).toEqual([{ word: 'päivää 👋' }, { word: 'seven' }])
    const one = db.prepare<[number], { word: string }>('SELECT word FROM words WHERE id = ?')
    expect([one.get(7), one.get(8)]).toEqual([{ word: 'seven' }, undefined])
    db.close()
  })

  test('answers a pragma with its first value, and with nothing where it says nothing', () => {
    const db = open(':memory:')
    db.pragma('user_version = 12')
    expect([db.pragma('user_version'), db.pragma('auto_vacuum = INCREMENTAL')]).toEqual([12, undefined])
    db.close()
  })

  test('keeps all of a transaction or nothing, and goes on after it', () => {
    const db = table()
    const insert = db.prepare<[string]>('INSERT INTO words (word) VALUES (?)')
    const fault = new Error('a fault of ours')
    const failing = () => {
      insert.run('one')
      throw fault
    }
    expect(() => inTransaction(db, 'IMMEDIATE', failing)).toThrow(fault)
    expect(inTransaction(db, 'EXCLUSIVE', () => insert.run('two') && 'its result')).toBe('its result')
    expect(words(db)).toEqual([{ word: 'two' }])
    db.close()
  })

  test('a transaction that SQLite itself has rolled back says why, and another can begin', () => {
    const db = table()
    db.pragma(`max_page_count = ${db.pragma('page_count')}`)
    const full = () =>
      inTransaction(db, 'IMMEDIATE', () => db.exec('INSERT INTO words (word) VALUES (hex(zeroblob(50000)))'))
    for (let i = 0; i < 2; i++) expect(caught(full)).toBe('SQLITE_FULL')
    db.close()
  })

  test('its errors have the code that the log tells them apart by', () => {
    const { path, folder } = new LogFolder()
    const diary = join(folder, 'diary')
    writeFileSync(diary, 'Dear diary, '.repeat(1000))
    const [db, other] = [table(path), table(path)]
    other.pragma('busy_timeout = 0')
    db.exec('BEGIN EXCLUSIVE')
    expect(caught(() => other.exec('BEGIN IMMEDIATE'))).toBe('SQLITE_BUSY')
    expect(caught(() => table(diary))).toBe('SQLITE_NOTADB')
    for (const each of [db, other]) each.close()
  })

  test('says whether it is open, and lets go of the file', () => {
    const { path } = new LogFolder()
    const db = table(path)
    db.pragma('locking_mode = EXCLUSIVE')
    db.prepare<[string]>('INSERT INTO words (word) VALUES (?)').run('one')
    expect([db.isOpen, db.path]).toEqual([true, path])
    db.close()
    expect(db.isOpen).toBe(false)
    const again = open(path)
    expect(words(again)).toEqual([{ word: 'one' }])
    again.close()
  })
})

function caught(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return codeOf(error)
  }
  throw new Error('it should have failed')
}
