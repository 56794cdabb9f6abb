// Processes of their own whose lines find no room or no reader; and those who read to the end.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { LogFolder } from '../harness/log-folder'
import { chat, pair } from '../harness/log-outage'
import { built } from '../harness/own-process'
import { makeServer, SECRET, visitorsOf } from '../harness/running-server'

let program: string

beforeAll(async () => {
  program = await built('../../src/cli/main.ts', import.meta.url)
})

const testOnLinux = test.skipIf(process.platform !== 'linux') // Windows has no pipes that are files, and only Linux a file that is always full.

/** Starts it with a descriptor as its stderr. */
async function run(stderr: number) {
  const child = spawn(process.execPath, [program, '--port', '0', '--json', '--log-level', 'debug'], {
    stdio: ['ignore', 'pipe', stderr],
    env: { PATH: process.env.PATH, PEERSTAGE_LOG: ':memory:', PEERSTAGE_SECRET: SECRET },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'exit').then(([code]) => code)
  const [said] = await once(child.stdout ?? child, 'data')
  const { url } = JSON.parse(String(said))
  return { child, exit, url, ...visitorsOf(makeServer({}), url) }
}

function opened(path: string, flags: number): number {
  const descriptor = openSync(path, flags)
  onTestFinished(() => closeSync(descriptor))
  return descriptor
}

/** A pipe that is full, and what empties it. */
function fullPipe() {
  const path = join(new LogFolder().folder, 'stderr')
  execFileSync('mkfifo', [path])
  const own = opened(path, constants.O_RDWR | constants.O_NONBLOCK)
  const untilItBlocks = (step: () => void) => {
    for (;;) {
      try {
        step()
      } catch (error) {
        expect(error).toMatchObject({ code: 'EAGAIN' })
        return
      }
    }
  }
  untilItBlocks(() => writeSync(own, 'a line of another writer\n'))
  let text = ''
  return {
    stderr: opened(path, constants.O_WRONLY),
    /** Everything so far. */
    read() {
      const bytes = Buffer.alloc(4096)
      untilItBlocks(() => {
        text += bytes.toString('utf8', 0, readSync(own, bytes))
      })
      return text
    },
  }
}

type Server = Awaited<ReturnType<typeof run>>

/** People come, more come and go than a rejection or two, and the room is alive. */
async function serves(server: Server) {
  const { ada, bob } = await pair(server, 'hall')
  for (let visit = 0; visit < 10; visit++) {
    const visitor = await server.enter('elsewhere', `visitor-${visit}`)
    await visitor.welcome()
    visitor.cut()
  }
  expect(await ada.ask(chat('is anybody there?'))).toMatchObject({ ok: true })
  await bob.event('chat.sent')
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  return { ada, bob }
}

testOnLinux('a stderr on a full disk ends nothing, and holds no end up [R7.1, R8.2]', async () => {
  const server = await run(opened('/dev/full', constants.O_WRONLY))
  await serves(server)
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

testOnLinux('a stderr without a reader holds neither the server nor its end up [R7.1, R7.8, R8.2]', async () => {
  const server = await run(fullPipe().stderr)
  await serves(server)
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

testOnLinux(
  'a second signal ends it at once, though its stderr is not read and a client never answers [R8.2]',
  async () => {
    const server = await run(fullPipe().stderr)
    const { ada } = await serves(server)
    ada.socket.pause()
    server.child.kill('SIGTERM')
    const isReady = () =>
      fetch(`${server.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    await expect.poll(isReady).toBe(false)
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(1)
  },
)

testOnLinux('a stderr that is read again has all that found room meanwhile, in order [R7.8]', async () => {
  const pipe = fullPipe()
  const server = await run(pipe.stderr)
  await serves(server)
  const visits = () =>
    pipe
      .read()
      .split('\n')
      .filter((line) => line.includes('a connection was verified'))
      .map((line) => JSON.parse(line))
  await expect.poll(() => visits().length).toBe(12)
  const times = visits().map(({ time }) => time)
  expect(times).toEqual(times.toSorted())
  expect(pipe.read()).not.toContain('dropped')
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

test('an end at once takes nothing from who reads, a pipe or a file', async () => {
  const talker = await built('../harness/logging-process.ts', import.meta.url)
  const path = join(new LogFolder().folder, 'stderr')
  const file = spawnSync(process.execPath, [talker], {
    stdio: ['ignore', 'ignore', opened(path, constants.O_CREAT | constants.O_WRONLY)],
  })
  const pipe = spawnSync(process.execPath, [talker], { encoding: 'utf8' })
  expect([file.status, pipe.status]).toEqual([3, 3])
  for (const said of [readFileSync(path, 'utf8'), pipe.stderr]) {
    const numbers = said
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).line)
    // A disk may take the first of them last.
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, line) => line))
  }
})
