// `peerstage-server backup`: of a server that runs and writes, and of none.
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder } from '../../../sdk/test/packaging/npm'
import { sqliteLog } from '../../src/index'
import { listening, run } from '../harness/running-cli'
import { TestClient } from '../harness/test-client'

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
  const rejected = await backup([target, '--log', log])
  expect(rejected).toMatchObject({ code: 2, err: `${target} already exists: --force overwrites it.\n` })
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

/** Makes the command run this first, as CommonJS. */
function preloaded(folder: string, script: string): Record<string, string> {
  const path = join(folder, `preload-${readdirSync(folder).length}.cjs`)
  writeFileSync(path, script)
  return { NODE_OPTIONS: `--require=${path}` }
}

const WAIT = "await once(process, 'message')"
/** The command says when it has copied the file, and goes on once it is told to. */
const COPIES_AND_WAITS = `
  const fs = require('node:fs/promises')
  const { once } = require('node:events')
  const { copyFile } = fs
  fs.copyFile = async (...paths) => {
    await copyFile(...paths)
    process.send('copied')
    ${WAIT}
  }
  require('node:module').syncBuiltinESMExports()
`

/** A backup that has the file held and has copied it. */
async function waiting(args: readonly string[], folder: string, script = COPIES_AND_WAITS) {
  const running = run(['backup', ...args], preloaded(folder, script))
  expect(await once(running.child, 'message')).toContain('copied')
  return running
}

const copiesIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('copy'))

test('a server that ends meanwhile is exit 75 and no backup', async () => {
  const { log, server, target, folder } = await serving()
  const { child, said, exit } = await waiting([target, '--log', log], folder)
  server.child.kill('SIGKILL')
  await server.exit
  child.send('go on')
  expect({ code: await exit, ...said }).toEqual({
    code: 75,
    out: '',
    err: `${log} changed during the copy, because its server ended.\n`,
  })
  expect(copiesIn(folder)).toEqual([])
})

test('a command that has nothing left to wait for before it is done does not pass for a success', async () => {
  const { log, server, target, folder } = await serving()
  const script = COPIES_AND_WAITS.replace(WAIT, 'await new Promise(() => {})')
  const { said, exit } = await waiting([target, '--log', log], folder, script)
  server.child.kill('SIGKILL')
  await server.exit
  expect({ code: await exit, err: said.err }).toEqual({
    code: 1,
    err: 'The command ended before its work was complete.\n',
  })
})

test('two backups to one target take nothing from each other', async () => {
  const { log, target, folder } = await serving()
  const first = await waiting([target, '--log', log], folder)
  expect(await backup([target, '--log', log])).toMatchObject({ code: 75 })
  first.child.send('go on')
  expect(await first.exit).toBe(0)
  expect(await said(target)).toEqual([])
  expect(copiesIn(folder)).toEqual(['copy.db'])
})

test('by whichever path, it is the same log: it is never overwritten, and its server is found', async () => {
  const { log, target, folder } = await serving()
  const alias = join(await emptyFolder(), 'alias')
  symlinkSync(folder, alias)
  const link = join(await emptyFolder(), 'link.db')
  symlinkSync(log, link)
  const { ino } = statSync(log)
  for (const other of [join(alias, 'rooms.db'), link, join(alias, 'rooms.db-wal'), join(alias, 'rooms.db.sock')]) {
    const rejected = await backup([other, '--log', log, '--force'])
    expect(rejected).toMatchObject({ code: 2, err: `${other} is the log itself.\n` })
    expect((await backup([log, '--log', link, '--force'])).code).toBe(2)
  }
  expect(statSync(log).ino).toBe(ino)
  for (const other of [join(alias, 'rooms.db'), link]) {
    expect((await backup([target, '--log', other, '--force'])).code).toBe(0)
  }
})

test('errors name the file that is at fault', async () => {
  const folder = await emptyFolder()
  const log = join(folder, 'rooms.db')
  const target = join(folder, 'copy.db')
  writeFileSync(
    log,
    'this is no database of SQLite, but a text that is long enough to be looked at as one. '.repeat(20),
  )
  expect((await backup([target, '--log', log])).err).toBe(`${log} is not a log of Peerstage.\n`)
  const { log: good } = await serving()
  const nowhere = join(folder, 'nowhere', 'copy.db')
  expect((await backup([nowhere, '--log', good])).err).toBe(`${nowhere} is in a folder that does not exist.\n`)
  const failing = (code: string) =>
    preloaded(
      folder,
      `require('node:fs/promises').copyFile = () => Promise.reject(Object.assign(new Error(), { code: '${code}' }))
       require('node:module').syncBuiltinESMExports()`,
    )
  for (const [code, sentence] of [
    ['EIO', `${good} cannot be opened: the disk has failed.`],
    ['ENOSPC', `${target} cannot be written: the disk is full.`],
  ] as const) {
    const { said, exit } = run(['backup', target, '--log', good], failing(code))
    expect({ code: await exit, err: said.err }).toEqual({ code: 75, err: `${sentence}\n` })
  }
})

describe('without a door for backups a server serves on, after one line:', () => {
  test('where its socket cannot be', async () => {
    const folder = await emptyFolder()
    const log = join(folder, 'rooms.db')
    mkdirSync(`${log}.sock`)
    const server = run([...SERVE, '--log', log], {}, folder)
    await new TestClient(await listening(server), 'hall', { name: 'Ada' }).welcome()
    expect(server.said.err.match(/Backups are not possible while this server runs: .*\n/g)).toHaveLength(1)
    expect(await backup([join(folder, 'copy.db'), '--log', log])).toMatchObject({ code: 75 })
  })

  test('where a connection could not be accepted', async () => {
    const folder = await emptyFolder()
    const log = join(folder, 'rooms.db')
    const failing = `
      const { Server } = require('node:net')
      const { listen } = Server.prototype
      Server.prototype.listen = function (...args) {
        const isDoor = String(args[0]).endsWith('.sock')
        if (isDoor) process.on('message', () => this.emit('error', new Error('accept EMFILE')))
        return listen.apply(this, args)
      }`
    const server = run([...SERVE, '--log', log], preloaded(folder, failing), folder)
    const url = await listening(server)
    server.child.send('fail')
    server.child.send('fail again')
    await expect.poll(() => existsSync(`${log}.sock`)).toBe(false)
    await new TestClient(url, 'hall', { name: 'Ada' }).welcome()
    expect(server.said.err.match(/Backups are not possible while this server runs: accept EMFILE.\n/g)).toHaveLength(1)
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
  })
})
