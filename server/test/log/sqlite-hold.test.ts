// A file that is held still, so that another process may copy it.
import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LogWriter } from '../contract/log-writer'
import { LogFolder } from '../harness/log-folder'

async function writing() {
  const files = new LogFolder()
  const log = files.open()
  const room = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await room.open()
  /** More than SQLite lets the write-ahead log have. */
  const sayMuch = async () => {
    for (let each = 0; each < 1500; each++) await room.say('ada', `${each}`.padEnd(2000, 'x'))
  }
  const changed = () => statSync(files.path, { bigint: true }).mtimeNs
  return { files, log, room, sayMuch, changed }
}

test('does not change, however much is written; what was written is in it afterwards', async () => {
  const { files, log, sayMuch, changed } = await writing()
  const before = changed()
  const release = log.holdStill()
  const still = changed()
  expect(still).not.toBe(before)
  await sayMuch()
  expect(changed()).toBe(still)
  expect((await log.history('hall', { limit: 1 })).messages[0]?.text).toContain('1499')
  expect(statSync(`${files.path}-wal`).size).toBeGreaterThan(5 * 1024 * 1024)
  expect(release?.()).toBe(true)
  await sayMuch()
  expect(changed()).not.toBe(still)
})

test('is left by what is erased once it is let go of, and not before', async () => {
  const { files, log, room, changed } = await writing()
  // Ids are the first 40 characters of a text: what is behind them stands in the message alone.
  const id = 'plums'.padEnd(40, '.')
  await room.say('ada', `${id} between the two of us`)
  const release = log.holdStill()
  const still = changed()
  await room.delete(id)
  files.clock.advance(60_000)
  expect(changed()).toBe(still)
  release?.()
  expect(files.holds('between the two of us')).toBe(false)
})

test('is held once at a time, and not by a log that is closed', async () => {
  const { log } = await writing()
  const release = log.holdStill()
  expect(log.holdStill()).toBeUndefined()
  expect(release?.()).toBe(true)
  expect(release?.()).toBe(false)
  const again = log.holdStill()
  await log.close()
  expect(again?.()).toBe(false)
  expect(() => log.holdStill()).toThrow('The log is closed.')
})
