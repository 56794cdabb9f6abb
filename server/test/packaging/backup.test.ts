// `peerstage-server backup`: of a server that runs and writes, and of none.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder } from '../../../sdk/test/packaging/npm'
import { sqliteLog } from '../../src/index'
import { TestClient } from '../gateway/test-client'
import { listening, run } from './running-cli'

const RATES = ['chatPerSecond', 'chatBurst', 'roomChatPerSecond', 'roomChatBurst', 'commandsPerSecond', 'commandBurst']
const UNHURRIED = JSON.stringify(Object.fromEntries(RATES.map((each) => [each, 1_000_000])))
const SERVE = ['--port', '0', '--json', '--dev', '--limits', UNHURRIED]

/** A folder with a log in it, and the server that has it. */
async function serving() {
  const folder = await emptyFolder()
  const log = join(folder, 'rooms.db')
  const server = run([...SERVE, '--log', log], {}, folder)
  const url = await listening(server)
  const ada = new TestClient(url, 'hall', { name: 'Ada' })
  await ada.welcome()
  return { folder, log, server, ada, target: join(folder, 'copy.db') }
}

async function backup(args: readonly string[]) {
  const { said, exit } = run(['backup', ...args])
  return { code: await exit, ...said }
}

async function said(path: string, room = 'hall'): Promise<string[]> {
  const log = sqliteLog(path)
  const { messages } = await log.history(room, { limit: 100 })
  await log.close()
  return messages.map(({ text }) => text)
}

test('a backup of a server that goes on writing is a sound log of one moment, and the server loses nothing', async () => {
  const { log, ada, server, target } = await serving()
  const answered: string[] = []
  let isCopied = false
  const writing = (async () => {
    while (!isCopied) {
      const text = `word ${answered.length}`
      const reply = await ada.ask({ type: 'chat.send', text })
      if (reply.ok) answered.push(text)
    }
  })()
  await expect.poll(() => answered.length).toBeGreaterThan(0)
  const before = answered.length
  expect(await backup([target, '--log', log])).toMatchObject({ code: 0, out: expect.stringContaining(target) })
  const after = answered.length
  isCopied = true
  await writing
  expect(statSync(target).mode & 0o777).toBe(0o600)
  const kept = await said(target)
  const last = answered.indexOf(kept.at(-1) ?? '')
  expect(last).toBeGreaterThanOrEqual(before - 1)
  expect(last).toBeLessThanOrEqual(after)
  expect(kept).toEqual(answered.slice(0, last + 1).slice(-100))
  server.child.kill('SIGKILL')
  await server.exit
  expect(await said(log)).toEqual(answered.slice(-100))
})

test('a server on a backup has the room, and tells it anew to a client that had heard more', async () => {
  const { log, ada, server, target, folder } = await serving()
  await ada.ask({ type: 'chat.send', text: 'before' })
  expect((await backup([target, '--log', log])).code).toBe(0)
  await ada.ask({ type: 'chat.send', text: 'after' })
  server.child.kill('SIGTERM')
  await server.exit
  const again = await listening(run([...SERVE, '--log', target], {}, folder))
  const seq = Math.max(...ada.received.map((each) => (each.type === 'event' ? each.logged.seq : 0)))
  const { instance } = await ada.welcome()
  const back = await new TestClient(again, 'hall', { ...ada.hello, attempt: 2, seq, instance }).welcome()
  expect(back).toMatchObject({ instance, resumed: false })
  expect(back.room?.messages.map(({ text }) => text)).toEqual(['before'])
})

test('what was erased is not in a backup', async () => {
  const { log, ada, target } = await serving()
  const reply = await ada.ask({ type: 'chat.send', text: 'a word that is taken back' })
  const sent = await ada.event('chat.sent')
  expect(reply.ok).toBe(true)
  const id = sent.logged.event.type === 'chat.sent' ? sent.logged.event.message.id : ''
  expect(await ada.ask({ type: 'chat.delete', messageId: id })).toMatchObject({ ok: true })
  expect((await backup([target, '--log', log])).code).toBe(0)
  expect(readFileSync(target).includes('a word that is taken back')).toBe(false)
})

test('where no server runs, what it left in its write-ahead log is in the backup too', async () => {
  const { log, ada, server, target, folder } = await serving()
  await ada.ask({ type: 'chat.send', text: 'the last word' })
  server.child.kill('SIGKILL')
  await server.exit
  expect((await backup([target, '--log', log])).code).toBe(0)
  expect(await said(target)).toEqual(['the last word'])
  expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db'])
})

test('nothing is overwritten but by --force, the log itself never', async () => {
  const { log, target } = await serving()
  writeFileSync(target, 'mine')
  const refused = await backup([target, '--log', log])
  expect(refused).toMatchObject({ code: 2, err: `${target} is there already: --force overwrites it.\n` })
  expect(readFileSync(target, 'utf8')).toBe('mine')
  expect(await backup([log, '--log', log, '--force'])).toMatchObject({ code: 2, err: `${log} is the log itself.\n` })
  expect((await backup([target, '--log', log, '--force'])).code).toBe(0)
  expect(await said(target)).toEqual([])
})

test('a second backup at once, and one of a log that is not there, are sentences', async () => {
  const { log, target, folder } = await serving()
  const holder = connect(`${log}.sock`).setEncoding('utf8')
  await new Promise((resolve) => holder.once('data', resolve))
  expect(await backup([target, '--log', log])).toMatchObject({ code: 75, err: expect.stringContaining('is in use') })
  holder.destroy()
  await expect.poll(async () => (await backup([target, '--log', log])).code).toBe(0)
  const nowhere = join(folder, 'nowhere.db')
  expect(await backup([target, '--log', nowhere, '--force'])).toMatchObject({ code: 2 })
  expect(existsSync(nowhere)).toBe(false)
  expect(await backup([])).toMatchObject({ code: 2, err: expect.stringContaining('peerstage-server backup FILE') })
})

test('the socket beside the file is for its user alone, and goes with the server; one left behind is no hindrance', async () => {
  const { log, server, folder, target } = await serving()
  expect(statSync(`${log}.sock`).mode & 0o777).toBe(0o600)
  server.child.kill('SIGKILL')
  await server.exit
  const again = run([...SERVE, '--log', log], {}, folder)
  await listening(again)
  expect((await backup([target, '--log', log])).code).toBe(0)
  again.child.kill('SIGTERM')
  await again.exit
  expect(existsSync(`${log}.sock`)).toBe(false)
})
