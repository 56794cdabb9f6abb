// What the docs promise of a log with default settings: 30 days of chat, 50 MiB of one room, a file of 1 GiB.
import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { RoomLog } from '../../src/ports/room-log'
import { LogWriter } from '../contract/log-writer'
import { LogFolder } from '../harness/log-folder'

const MIB = 1024 * 1024
const DAY_MS = 24 * 3600 * 1000
const PAGE_BYTES = 4096
/** Where a file of SQLite says how many pages it has: https://sqlite.org/fileformat2.html */
const PAGE_COUNT_AT = 28

/** A room that is in the file, and the log closed. */
async function roomInFile(...texts: string[]) {
  const files = new LogFolder()
  const log = files.open()
  const before = new LogWriter(log, 'hall', 'first', () => files.clock.now())
  await before.open()
  for (const text of texts) await before.say('ada', text)
  await log.close()
  /** Opens the log again, and the room goes on in it. */
  const goOn = () => {
    const again = files.open()
    const room = new LogWriter(again, 'hall', 'first', () => files.clock.now())
    room.state = before.state
    return { log: again, room }
  }
  return { files, goOn }
}

const textsIn = async (log: RoomLog) => (await log.history('hall', { limit: 100 })).messages.map(({ text }) => text)

test('chat is kept for 30 days', async () => {
  const { files, goOn } = await roomInFile('first')
  const { log, room } = goOn()
  files.clock.advance(30 * DAY_MS)
  await room.say('ada', 'a month later')
  expect(await textsIn(log)).toEqual(['first', 'a month later'])
  files.clock.advance(1)
  await room.say('ada', 'a moment later')
  expect(await textsIn(log)).toEqual(['a month later', 'a moment later'])
})

test.each([
  ['as many', 0, ['older', 'newer']],
  ['one more', 1, ['newer']],
])('50 MiB of chat are kept of a room: %s', async (_what, more, kept) => {
  const { files, goOn } = await roomInFile('older')
  const bytes = files.ask('SELECT bytes FROM chat')
  // As if so much had been said before; the next message has as many bytes as this one.
  files.alter(`UPDATE rooms SET chat_bytes = ${50 * MIB - bytes + more}`)
  const { log, room } = goOn()
  await room.say('ada', 'newer')
  expect(await textsIn(log)).toEqual(kept)
})

test('the file grows to 1 GiB and no further', async () => {
  const { files, goOn } = await roomInFile()
  const beforehand = 1020 * MIB
  const file = openSync(files.path, 'r+')
  // The disk holds nothing for what was never written.
  ftruncateSync(file, beforehand)
  const pages = Buffer.alloc(4)
  pages.writeUInt32BE(beforehand / PAGE_BYTES)
  writeSync(file, pages, 0, pages.length, PAGE_COUNT_AT)
  closeSync(file)
  const { log, room } = goOn()
  for (let i = 0; i < 200; i++)
    await room.say('ada', ...Array.from({ length: 20 }, (_, n) => `${i}.${n} `.padEnd(1500, 'x')))
  await log.close()
  const { size } = statSync(files.path)
  expect(size).toBeLessThanOrEqual(1024 * MIB)
  expect(size).toBeGreaterThan(1023 * MIB)
})
