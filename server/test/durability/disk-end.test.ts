// A disk that ends under a server, which has a process of its own for that.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import { LogFolder } from '../harness/log-folder'
import { chat, goesOnWithoutItsLog, pair, readiness, unavailable } from '../harness/log-outage'
import { built, startOnADiskOf } from '../harness/own-process'
import { goingOn } from '../harness/restartable-server'
import { makeServer, runServer, SECRET, visitorsOf } from '../harness/running-server'

let program: string

beforeAll(async () => {
  program = await built('../harness/serving-process.ts', import.meta.url)
})

const testOnLinux = test.skipIf(process.platform !== 'linux') // No other system changes the write limit of a running process.

testOnLinux(
  'a disk that ends takes the log down, not the process; when there is room again it heals by itself, and nothing kept is lost [R3.12, R3.13]',
  async () => {
    const files = new LogFolder()
    const { child, said } = startOnADiskOf(1024, [program, files.path, SECRET])
    await once(child.stdout, 'data')
    const url = said().trim()
    const running = { url, ...visitorsOf(makeServer({}), url) }
    const first = await pair(running, 'hall')
    const kept: string[] = []
    for (;;) {
      const text = `${kept.length}`.padEnd(1500)
      const reply = await first.ada.ask(chat(text))
      if (!reply.ok) {
        expect(reply).toMatchObject(unavailable)
        break
      }
      kept.push(text)
    }
    const { ada, bob } = await goesOnWithoutItsLog(running, first)
    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited'])
    await expect.poll(() => readiness(url), { timeout: 15_000 }).toBe('ready')
    expect(await ada.ask(chat('kept again'))).toMatchObject({ ok: true })
    await bob.event('chat.sent')
    const exit = once(child, 'close')
    child.kill('SIGKILL')
    await exit
    const after = await runServer({ log: files.open() })
    const back = after.connect('hall', { token: ada.hello.token, ...(await goingOn(ada)), instance: 'unknown' })
    const { room } = await back.welcome()
    expect(room?.messages.map(({ text }) => text)).toEqual([...kept, 'kept again'])
  },
)
