// The file is deleted, moved or replaced under a running server. SQLite itself would go on, and all would be lost at its end.
import { copyFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { capturedLog } from '../harness/captured-log'
import { LogFolder } from '../harness/log-folder'
import { chat, goesOnWithoutItsLog, pair, readiness, unavailable } from '../harness/log-outage'
import { runServer } from '../harness/running-server'

async function serve() {
  const files = new LogFolder()
  const { logger, lines } = capturedLog()
  const running = await runServer({ log: files.open(), clock: files.clock, logger })
  const people = await pair(running, 'hall')
  expect(await people.ada.ask(chat('kept'))).toMatchObject({ ok: true })
  await people.bob.event('chat.sent')
  /** One probe later it is up again, or still down. */
  const probed = async () => {
    files.clock.advance(PROBE_EVERY_MS)
    await people.ada.roundTrip()
  }
  return { files, running, people, probed, errors: () => lines().filter(({ level }) => level === 50) }
}

const GONE = expect.objectContaining({ message: expect.stringContaining("The log's file is not where it was") })

test.each<[string, (path: string) => void]>([
  [
    'is deleted with that beside it',
    (path) => {
      rmSync(path)
      rmSync(`${path}-wal`)
    },
  ],
  ['is deleted alone', (path) => rmSync(path)],
  ['loses its write-ahead log', (path) => rmSync(`${path}-wal`)],
  [
    'has a copy of itself put in its place',
    (path) => {
      copyFileSync(path, `${path}.copy`)
      renameSync(`${path}.copy`, path)
    },
  ],
])('a log whose file %s is down with the next turn, and the process lives [R3.1, R3.12]', async (_, harm) => {
  const { files, running, people, probed, errors } = await serve()
  harm(files.path)
  expect(await people.ada.ask(chat('lost'))).toMatchObject(unavailable)
  await goesOnWithoutItsLog(running, people)
  await probed()
  expect(await readiness(running.url)).toBe('log_down')
  expect((await people.ada.ask({ type: 'chat.history' })).ok).toBe(true)
  expect(errors()).toEqual([expect.objectContaining({ err: GONE })])
})

test('a file that was moved away and is put back heals the log, with nothing lost [R3.12]', async () => {
  const { files, running, people, probed } = await serve()
  renameSync(files.path, `${files.path}.away`)
  expect(await people.ada.ask(chat('lost'))).toMatchObject(unavailable)
  renameSync(`${files.path}.away`, files.path)
  await probed()
  expect(await readiness(running.url)).toBe('ready')
  expect(await people.ada.ask(chat('kept again'))).toMatchObject({ ok: true })
  await running.server.close({ deadlineMs: 0 })
  const { messages } = await files.open().history('hall', { limit: 9 })
  expect(messages.map(({ text }) => text)).toEqual(['kept', 'kept again'])
})

test('what keeps the file small and clean is no fault of it: rebuilt, emptied into, given back to the disk [R3.10]', async () => {
  const { files, running, people } = await serve()
  expect(await running.server.rooms.erase('hall')).toBe('erased')
  await people.ada.closed
  await running.server.close({ deadlineMs: 0 })
  expect(files.ask('SELECT erased FROM upkeep')).toBe(1)
  const again = await runServer({ log: files.open(), clock: files.clock })
  for (const room of ['one', 'two', 'three']) {
    const { ada } = await pair(again, room)
    for (let i = 0; i < 8; i++) {
      expect(await ada.ask(chat(`${i}`.padEnd(1500)))).toMatchObject({ ok: true })
      files.clock.advance(2000)
    }
    expect(await again.server.rooms.erase(room)).toBe('erased')
  }
  expect(await readiness(again.url)).toBe('ready')
})

test.skipIf(process.platform === 'win32')(
  'a link to the file is as good as the file, until it leads to another',
  async () => {
    const [files, others] = [new LogFolder(), new LogFolder()]
    await others.open().close()
    await files.open().close()
    renameSync(files.path, `${files.path}.real`)
    symlinkSync(`${files.path}.real`, files.path)
    const { ada } = await pair(await runServer({ log: files.open(), clock: files.clock }), 'hall')
    expect(await ada.ask(chat('kept'))).toMatchObject({ ok: true })
    rmSync(files.path)
    symlinkSync(others.path, files.path)
    expect(await ada.ask(chat('lost'))).toMatchObject(unavailable)
  },
)
