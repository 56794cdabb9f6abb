// What becomes of a connection that is held: a real client, a scripted server, and a clock that stands still.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LiveStreamClientOptions } from '../../src/index'
import { Bench } from '../harness/bench'
import { ManualPage, MemoryStorage } from '../harness/manual-page'
import type { ScriptedConnection } from '../harness/scripted-server'

const HALF_AN_HOUR = 30 * 60_000

let bench: Bench
let lines: string[]
beforeEach(() => {
  lines = []
})
afterEach(() => bench.close())

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

const open = async (options: Partial<LiveStreamClientOptions> = {}) => {
  bench = await Bench.open({ logLevel: 'debug', logger: (_level, text) => lines.push(text), ...options })
}

/** Waits until so many connections were found to be gone. */
const noticed = (count: number) =>
  expect.poll(() => lines.filter((line) => line === 'the connection ended'), { interval: 2 }).toHaveLength(count)

async function prepared(options: Partial<LiveStreamClientOptions> = {}): Promise<ScriptedConnection> {
  await open(options)
  const preparing = bench.client.prepare()
  const line = await bench.server.connection(1)
  line.held()
  await preparing
  return line
}

/** Answers the hello of the n-th connection, which says that it takes a seat. */
async function joinsBy(n: number): Promise<void> {
  const line = await bench.server.connection(n)
  expect(line.hello.intent).toBe('join')
  line.welcome()
}

const isHolding = (n: number) => expect(bench.server.connections[n - 1]?.hello.intent).toBe('hold')

test('join() sends one command on what is held, and the next command has the next number', async () => {
  const line = await prepared()
  isHolding(1)
  const joining = bench.client.join()
  const [join] = await line.until('join')
  line.send({ type: 'reply', re: join.id, ok: true, seq: 2 })
  line.welcome()
  await joining
  const sent = bench.client.chat.send('hello')
  const [chat] = await line.until('chat.send')
  expect(chat.id).toBeGreaterThan(join.id)
  line.accept(chat.id)
  await sent
  expect(bench.server.connections).toHaveLength(1)
  expect(bench.names()).toEqual(['joined'])
})

test('a prerendered page prepares when it is opened', async () => {
  await open()
  let show = () => {}
  bench.page.whenOpened = new Promise<void>((resolve) => {
    show = resolve
  })
  const preparing = bench.client.prepare()
  bench.clock.advance(60_000)
  expect(bench.server.connections).toEqual([])
  show()
  ;(await bench.server.connection(1)).held()
  await preparing
})

test('what is held is renewed for half an hour since the last call, silently, and then rests; join() works all the same', async () => {
  const line = await prepared()
  line.goodbye('verification_timeout')
  await noticed(1)
  ;(await bench.reconnected(2)).held()
  isHolding(2)
  await bench.client.prepare()
  bench.clock.advance(HALF_AN_HOUR - 1)
  ;(await bench.server.connection(2)).cut()
  await noticed(2)
  ;(await bench.reconnected(3)).held()
  bench.clock.advance(20_000)
  ;(await bench.server.connection(3)).goodbye('verification_timeout')
  await noticed(3)
  bench.clock.advance(HALF_AN_HOUR)
  expect(bench.server.connections).toHaveLength(3)
  expect(bench.client.state.status).toBe('idle')
  expect(bench.names()).toEqual([])
  const joining = bench.client.join()
  await joinsBy(4)
  await joining
})

test('a held connection that the server ends for good rests: join() hears it, and a fresh token may help then', async () => {
  const line = await prepared({ token: 'one' })
  line.goodbye('unauthorized')
  await noticed(1)
  bench.clock.advance(HALF_AN_HOUR)
  expect(bench.client.state.status).toBe('idle')
  const joining = codeOf(bench.client.join())
  ;(await bench.server.connection(2)).goodbye('unauthorized')
  expect(await joining).toBe('unauthorized')
})

test('a token function that fails at a renewal is not heard of; at the first time it rejects prepare()', async () => {
  let fails = false
  const token = () => (fails ? Promise.reject(new Error('down')) : 'a token')
  const line = await prepared({ token })
  fails = true
  line.cut()
  await noticed(1)
  bench.clock.advance(1)
  expect(await codeOf(bench.client.join())).toBe('token_unavailable')
  expect(await codeOf(bench.client.prepare())).toBe('token_unavailable')
})

test('a fresh token goes up on what is held, and on a join under way behind its welcome: its number is known then', async () => {
  const held = await prepared({ token: () => 'a token' })
  held.send({ type: 'session.refreshNeeded', expiresAt: 0 })
  await held.until('session.refresh')
  const left = bench.client.leave()
  const [leave] = await held.until('leave')
  held.accept(leave.id)
  await left
  void bench.client.join()
  const line = await bench.server.connection(2)
  line.send({ type: 'session.refreshNeeded', expiresAt: 0 })
  await expect.poll(() => lines, { interval: 2 }).toContain('the token could not be renewed')
  line.welcome({ lastCommandId: 7 })
  await expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('joined')
  bench.clock.advance(5_000)
  const [{ id }] = await line.until('session.refresh')
  expect(id).toBe(8)
  expect(line.received('session.refresh')).toHaveLength(1)
})

test('a server that waits to hold is not waited for by join()', async () => {
  const line = await prepared()
  line.goodbye('draining', 20_000)
  await noticed(1)
  const joining = bench.client.join()
  await joinsBy(2)
  await joining
})

test.each(['rate_limited', 'draining'] as const)(
  'a hold that is rejected with %s while join() waits for it is no hindrance',
  async (code) => {
    await open()
    const preparing = bench.client.prepare()
    const line = await bench.server.connection(1)
    const joining = bench.client.join()
    line.goodbye(code, 30_000)
    await joinsBy(2)
    await Promise.all([preparing, joining])
  },
)

test('where as many are held as may be, prepare() is fulfilled', async () => {
  await open()
  const preparing = bench.client.prepare()
  ;(await bench.server.connection(1)).goodbye('rate_limited', 30_000)
  await preparing
  bench.clock.advance(HALF_AN_HOUR)
  expect(bench.server.connections).toHaveLength(1)
  const joining = bench.client.join()
  await joinsBy(2)
  await joining
})

test('a server that cannot be reached: prepare() rejects as join() does, and nothing goes on behind it', async () => {
  await open()
  bench.server.close()
  const preparing = codeOf(bench.client.prepare())
  await expect.poll(() => bench.clock.waiting).toBeGreaterThan(0)
  bench.clock.advance(15_000)
  expect(await preparing).toBe('unreachable')
  expect(bench.clock.waiting).toBe(0)
  expect(bench.client.state.status).toBe('idle')
})

test('a held socket that gives no sign of life in 2 s is dropped, and what it says later is not heard', async () => {
  const line = await prepared()
  const joining = bench.client.join()
  await line.until('join')
  bench.clock.advance(2_000)
  await joinsBy(2)
  await joining
  line.welcome({ self: 'another one' })
  await line.closed()
  expect(bench.client.state.self?.id).toBe('ada')
})

test('one that lives and takes longer to give the seat is waited for, as long as join() waits', async () => {
  const line = await prepared()
  const joining = codeOf(bench.client.join())
  await line.until('heartbeat')
  const waiting = bench.clock.waiting
  line.send({ type: 'heartbeat' })
  await expect.poll(() => bench.clock.waiting, { interval: 2 }).toBe(waiting - 1)
  bench.clock.advance(14_000)
  line.welcome()
  expect(await joining).toBe('done')
  expect(bench.server.connections).toHaveLength(1)
})

test('a seat that is rejected for now is asked for again as the server says', async () => {
  const line = await prepared()
  const joining = bench.client.join()
  const [{ id }] = await line.until('join')
  const error = { code: 'unavailable', message: 'The room is busy.', retryable: true, retryAfterMs: 1_000 }
  line.send({ type: 'reply', re: id, ok: false, error })
  await line.closed()
  bench.clock.advance(999)
  expect(bench.server.connections).toHaveLength(1)
  bench.clock.advance(1)
  await joinsBy(2)
  await joining
})

test('leaving while the seat is asked for gives it back', async () => {
  const line = await prepared()
  const joining = codeOf(bench.client.join())
  await line.until('join')
  const left = bench.client.leave()
  expect(await joining).toBe('aborted')
  const [leave] = await line.until('leave')
  line.welcome()
  line.accept(leave.id)
  await left
  await line.closed()
  expect(line.received('leave')).toHaveLength(1)
})

test('leaving before it is held closes as soon as the server says that it is', async () => {
  await open()
  const preparing = codeOf(bench.client.prepare())
  const line = await bench.server.connection(1)
  await expect.poll(() => lines).toContain('the server took the socket')
  await bench.client.leave()
  expect(await preparing).toBe('aborted')
  line.held()
  await line.closed()
  expect(bench.clock.waiting).toBe(0)
})

test('a page that comes back looks whether its held socket lives, and holds another one', async () => {
  const line = await prepared()
  bench.page.tell('wake')
  await line.until('heartbeat')
  bench.clock.advance(5_000)
  await line.closed()
  ;(await bench.reconnected(2)).held()
  isHolding(2)
})

test('a page that is reloaded on its prejoin screen goes on with the session of the page before', async () => {
  const storage = new MemoryStorage()
  const page = new ManualPage(storage)
  const before = await Bench.open({}, page)
  void before.client.prepare()
  const { hello } = await before.server.connection(1)
  page.tell('hide')
  bench = await Bench.open({ url: before.server.url }, new ManualPage(storage))
  void bench.client.join()
  const next = await before.server.connection(2)
  expect(next.hello).toMatchObject({ session: hello.session, attempt: hello.attempt + 1 })
  expect(next.hello.joinId).not.toBe(hello.joinId)
  before.close()
})
