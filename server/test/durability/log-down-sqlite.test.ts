// The log of a running server fails for real: its file is full, or damaged. A disk that ends is in disk-end.test.ts.
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { LogFolder } from '../harness/log-folder'
import { chat, goesOnWithoutItsLog, pair, readiness, unavailable } from '../harness/log-outage'
import { goingOn, RestartableServer } from '../harness/restartable-server'
import { type Running, runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

const PAGE_BYTES = 4096
const MIB = 1024 * 1024

/** People with much metadata, each in a room of their own, until the log takes no more of them. Answers who came in. */
async function crowd({ server, connect }: Running): Promise<TestClient[]> {
  const metadata = { text: 'x'.repeat(1900) }
  for (const inside: TestClient[] = []; ; ) {
    const room = `room-${inside.length}`
    const client = connect(room, { token: await server.tokens.sign({ room, identity: 'max', role: 'host', metadata }) })
    const isIn = await client.welcome().then(
      () => true,
      () => false,
    )
    if (!isIn) return inside
    inside.push(client)
  }
}

test('a file that is full takes the log down, not the process; as its rooms empty, it heals by itself [R3.12]', async () => {
  const files = new LogFolder()
  const { clock } = files
  const running = await runServer({ log: files.open({ maxBytes: MIB }), clock })
  const first = await pair(running, 'hall')
  const inside = await crowd(running)
  expect(inside.length).toBeGreaterThan(20)
  const { ada, bob } = await goesOnWithoutItsLog(running, first)
  clock.advance(PROBE_EVERY_MS)
  await ada.roundTrip()
  expect(await readiness(running.url)).toBe('log_down')
  for (const client of inside) client.cut()
  for (let ms = 0; ms < 150_000 && (await readiness(running.url)) === 'log_down'; ms += PROBE_EVERY_MS) {
    await Promise.all([ada.roundTrip(), bob.roundTrip()])
    clock.advance(PROBE_EVERY_MS)
  }
  expect(await readiness(running.url)).toBe('ready')
  expect(await ada.ask(chat('kept'))).toMatchObject({ ok: true })
  await bob.event('chat.sent')
  await (await running.enter('elsewhere', 'eve')).welcome()
})

test('a file that is full takes the leave of who goes, and the erasing of a room, which makes room [R3.12]', async () => {
  const files = new LogFolder()
  const running = await runServer({ log: files.open({ maxBytes: MIB }), clock: files.clock })
  const { ada, bob } = await pair(running, 'hall')
  await crowd(running)
  expect(await bob.ask({ type: 'leave' })).toMatchObject({ ok: true })
  await ada.event('participant.left')
  for (let i = 0; i < 40; i++) expect(await running.server.rooms.erase(`room-${i}`)).toBe('erased')
  files.clock.advance(PROBE_EVERY_MS)
  await expect.poll(() => readiness(running.url)).toBe('ready')
  expect(await ada.ask(chat('kept'))).toMatchObject({ ok: true })
})

/** The pages of a table below its root, which are its leaves here: https://sqlite.org/fileformat2.html#b_tree_pages */
function leavesOf(files: LogFolder, table: string): number[] {
  const root = files.ask(`SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`)
  const page = readFileSync(files.path).subarray((root - 1) * PAGE_BYTES, root * PAGE_BYTES)
  const cells = Array.from({ length: page.readUInt16BE(3) }, (_, i) => page.readUInt16BE(12 + 2 * i))
  return [...cells.map((cell) => page.readUInt32BE(cell)), page.readUInt32BE(8)]
}

/** Overwrites the page that the next message goes to, which was not read since the server started. Answers how to undo it. */
function damage(path: string, page: number): () => void {
  const file = openSync(path, 'r+')
  onTestFinished(() => closeSync(file))
  const before = Buffer.alloc(PAGE_BYTES)
  const at = (page - 1) * PAGE_BYTES
  readSync(file, before, 0, PAGE_BYTES, at)
  writeSync(file, Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, at)
  return () => void writeSync(file, before, 0, PAGE_BYTES, at)
}

test('a file that is damaged takes the log down with each turn that meets the damage, not the process; mended, it heals by itself [R3.12]', async () => {
  const files = new LogFolder()
  const { clock } = files
  const house = new RestartableServer({ open: () => files.open(), release: (log) => log.close() }, { clock })
  const before = await pair(await house.start(), 'hall')
  const text = 'x'.repeat(1500)
  for (let i = 0; i < 8; i++) {
    expect(await before.ada.ask(chat(text))).toMatchObject({ ok: true })
    clock.advance(2000)
  }
  await house.kill()
  const page = Math.max(...leavesOf(files, 'chat'))
  const running = await house.start()
  const came = async (client: TestClient) => {
    const back = running.connect('hall', { token: client.hello.token, ...(await goingOn(client)) })
    await back.welcome()
    return back
  }
  const ada = await came(before.ada)
  const bob = await running.enter('hall', 'bob', { attempt: 9 })
  await bob.welcome()
  const mend = damage(files.path, page)
  expect(await ada.ask(chat(text))).toMatchObject(unavailable)
  const after = await goesOnWithoutItsLog(running, { ada, bob })
  clock.advance(PROBE_EVERY_MS)
  await expect.poll(() => readiness(running.url)).toBe('ready')
  expect(await after.ada.ask(chat(text))).toMatchObject(unavailable)
  expect(await readiness(running.url)).toBe('log_down')
  mend()
  clock.advance(PROBE_EVERY_MS)
  await expect.poll(() => readiness(running.url)).toBe('ready')
  expect(await after.ada.ask(chat(text))).toMatchObject({ ok: true })
  await after.bob.event('chat.sent')
})

test('a page that is damaged takes the room that it holds, and no other; mended, the room is taken up [R3.12]', async () => {
  const files = new LogFolder()
  const { clock } = files
  const house = new RestartableServer({ open: () => files.open(), release: (log) => log.close() }, { clock })
  const first = await house.start()
  const whole = await pair(first, 'whole')
  const broken = await pair(first, 'broken')
  for (const { ada } of [broken, whole]) {
    for (let i = 0; i < 8; i++) expect(await ada.ask(chat(`${i}`.padEnd(1500)))).toMatchObject({ ok: true })
  }
  await house.kill()
  // Behind that with everybody's joins.
  const [, page = 0] = leavesOf(files, 'records')
  const mend = damage(files.path, page)
  const running = await house.start()
  await expect.poll(() => running.server.rooms.stats('whole')).toBeDefined()
  const eve = await running.enter('broken', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  const { token } = whole.ada.hello
  const ada = running.connect('whole', { token, ...(await goingOn(whole.ada)) })
  expect(await ada.welcome()).toMatchObject({ resumed: true })
  expect(await ada.ask(chat('kept'))).toMatchObject({ ok: true })
  expect(await readiness(running.url)).toBe('ready')
  mend()
  clock.advance(PROBE_EVERY_MS)
  await expect.poll(() => running.server.rooms.stats('broken')).toMatchObject({ reconnecting: 2 })
})
