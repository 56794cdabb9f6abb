import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { LiveStreamClient } from '../../src/index'
import type { WebSocketConstructor } from '../../src/signaling/socket'
import { Bench } from '../harness/bench'
import { ManualPage, MemoryStorage } from '../harness/manual-page'

let bench: Bench
afterEach(() => bench?.close())

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'joined',
    (error: { code: string }) => error.code,
  )

test('join() gives the same promise until the room is left, and opens one socket', async () => {
  bench = await Bench.open()
  const first = bench.client.join()
  expect(bench.client.join()).toBe(first)
  const line = await bench.server.connection(1)
  line.welcome()
  await first
  expect(bench.client.join()).toBe(first)
  expect(bench.client.state).toMatchObject({ status: 'joined', self: { id: 'ada', isSelf: true } })
  expect(bench.server.connections).toHaveLength(1)
})

test('an AbortSignal cancels join()', async () => {
  bench = await Bench.open()
  const controller = new AbortController()
  const joining = outcomeOf(bench.client.join({ signal: controller.signal }))
  await bench.server.connection(1)
  controller.abort()
  expect(await joining).toBe('aborted')
  expect(bench.client.state).toMatchObject({ status: 'left', reason: 'left' })
})

test('an AbortSignal that fired before opens nothing; one that fires after the join does nothing', async () => {
  bench = await Bench.open()
  expect(await outcomeOf(bench.client.join({ signal: AbortSignal.abort() }))).toBe('aborted')
  expect(bench.client.state.status).toBe('idle')
  const controller = new AbortController()
  const joining = bench.client.join({ signal: controller.signal })
  ;(await bench.server.connection(1)).welcome()
  await joining
  controller.abort()
  expect(bench.client.state.status).toBe('joined')
})

test('leaving while the server still decides gives the seat back as soon as it has one', async () => {
  const lines: string[] = []
  bench = await Bench.open({ logLevel: 'debug', logger: (_level, text) => lines.push(text) })
  void bench.client.join()
  const line = await bench.server.connection(1)
  await expect.poll(() => lines).toContain('the server took the socket')
  await bench.client.leave()
  line.welcome({ lastCommandId: 6 })
  const [leave] = await line.until('leave')
  expect(leave.id).toBe(7)
  line.accept(7)
  await line.closed()
})

test('leaving before the server took the socket closes it at once', async () => {
  const silent = createServer()
  onTestFinished(() => void silent.close())
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const client = new LiveStreamClient({
    url: `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    room: 'test',
    WebSocket,
  })
  const joining = outcomeOf(client.join())
  const [socket] = await once(silent, 'connection')
  await once(socket, 'data')
  const closed = once(socket, 'close')
  await client.leave()
  expect(await joining).toBe('aborted')
  await closed
})

test('a WebSocket that opens though it was closed before is closed then', async () => {
  const made: LateSocket[] = []
  class LateSocket {
    onopen = () => {}
    readonly closedWith: number[] = []
    constructor() {
      made.push(this)
    }
    send(): void {}
    close(code = 0): void {
      this.closedWith.push(code)
    }
  }
  const client = new LiveStreamClient({
    url: 'ws://127.0.0.1:9',
    room: 'test',
    WebSocket: LateSocket as unknown as WebSocketConstructor,
  })
  const joining = outcomeOf(client.join())
  await expect.poll(() => made, { interval: 2 }).toHaveLength(1)
  await client.leave()
  expect(await joining).toBe('aborted')
  const [socket] = made
  const before = socket?.closedWith.length ?? 0
  expect(before).toBeGreaterThan(0)
  socket?.onopen()
  expect(socket?.closedWith).toHaveLength(before + 1)
})

test('leaving while a welcome asks for a confirmation closes, and gives nothing back: nothing was taken', async () => {
  const lines: string[] = []
  bench = await Bench.open({ logLevel: 'debug', logger: (_level, text) => lines.push(text) })
  void bench.client.join()
  const line = await bench.server.connection(1)
  await expect.poll(() => lines).toContain('the server took the socket')
  await bench.client.leave()
  line.welcome({ confirm: true })
  await line.closed()
  expect([...line.received('join'), ...line.received('leave')]).toEqual([])
})

test('a welcome that asks for a confirmation gets it as the first message, and the room is joined', async () => {
  bench = await Bench.open()
  const joining = bench.client.join()
  const sent = joining.then(() => bench.client.chat.send('first of all'))
  const line = await bench.server.connection(1)
  line.welcome({ confirm: true, lastCommandId: 3 })
  await joining
  const [join] = await line.until('join')
  const [chat] = await line.until('chat.send')
  expect(join.id).toBe(4)
  expect(chat.id).toBe(5)
  line.accept(chat.id)
  await sent
})

test('a prerendered page joins when it is opened, and may give up before', async () => {
  bench = await Bench.open()
  let open = () => {}
  bench.page.whenOpened = new Promise<void>((resolve) => {
    open = resolve
  })
  const givenUp = outcomeOf(bench.client.join({ signal: AbortSignal.timeout(1) }))
  expect(await givenUp).toBe('aborted')
  const joining = outcomeOf(bench.client.join())
  expect(bench.client.state.status).toBe('joining')
  bench.clock.advance(60_000)
  expect(bench.server.connections).toEqual([])
  open()
  ;(await bench.server.connection(1)).welcome()
  expect(await joining).toBe('joined')
  expect(bench.server.connections).toHaveLength(1)
})

test('leave() says so, waits for the answer, and ends in state left with nothing on show', async () => {
  const [made, line] = await Bench.joined()
  bench = made
  const waiting = outcomeOf(bench.client.chat.send('never answered'))
  await line.until('chat.send')
  const left = bench.client.leave()
  expect(bench.client.state).toMatchObject({ status: 'left', reason: 'left', participants: [], room: null, self: null })
  expect(await waiting).toBe('aborted')
  const [{ id }] = await line.until('leave')
  line.accept(id)
  await left
  await line.closed()
  expect(bench.names()).toEqual(['joined', 'left'])
  expect(bench.clock.waiting).toBe(0)
})

test('leave() does not wait for a server that keeps silent', async () => {
  const [made, line] = await Bench.joined()
  bench = made
  const left = bench.client.leave()
  await line.until('leave')
  bench.clock.advance(1000)
  await left
})

test('leave() is safe in any state: idle, twice, while disconnected', async () => {
  const [made, line] = await Bench.joined()
  bench = made
  line.cut()
  await expect.poll(() => bench.client.state.status).toBe('reconnecting')
  await bench.client.leave()
  await bench.client.leave()
  expect(bench.clock.waiting).toBe(0)
  const idle = new LiveStreamClient({ url: bench.server.url, room: 'test', WebSocket })
  await idle.leave()
  expect(idle.state.status).toBe('idle')
})

test('a server that answers nothing: timeout; the seat it may give yet is given back', async () => {
  const lines: string[] = []
  bench = await Bench.open({ logLevel: 'debug', logger: (_level, text) => lines.push(text) })
  const joining = outcomeOf(bench.client.join())
  await expect.poll(() => lines).toContain('the server took the socket')
  bench.clock.advance(10_000)
  await bench.reconnected(2)
  bench.clock.advance(5000)
  expect(await joining).toBe('timeout')
  expect(bench.client.state).toMatchObject({
    status: 'left',
    reason: 'failed',
    error: { code: 'timeout', retryable: true },
  })
})

test('a server that rejects for a moment is tried again until the time is up, and the reason is the cause', async () => {
  bench = await Bench.open({ joinTimeoutMs: 1000 })
  const joining = bench.client.join()
  const caught = joining.catch((error: unknown) => error)
  ;(await bench.server.connection(1)).goodbye('unavailable')
  const goodbyes = () => bench.names().filter((name) => name === 'goodbye').length
  await expect.poll(goodbyes).toBe(1)
  ;(await bench.reconnected(2)).goodbye('unavailable')
  await expect.poll(goodbyes).toBe(2)
  bench.clock.advance(1000)
  expect(await caught).toMatchObject({ code: 'timeout', cause: { code: 'unavailable' } })
})

test('a reload goes on with the session that the page before put back, once', async () => {
  const storage = new MemoryStorage()
  const pageA = new ManualPage(storage)
  const before = await Bench.open({}, pageA)
  const joining = before.client.join()
  const lineA = await before.server.connection(1)
  lineA.welcome()
  await joining
  expect(storage.entries.size).toBe(0)
  pageA.tell('hide')
  expect(storage.entries.size).toBe(1)
  const url = before.server.url
  bench = await Bench.open({ url }, new ManualPage(storage))
  void bench.client.join()
  const lineB = await before.server.connection(2)
  expect(lineB.hello.session).toBe(lineA.hello.session)
  expect(lineB.hello.attempt).toBe(lineA.hello.attempt + 1)
  expect(lineB.hello.joinId).not.toBe(lineA.hello.joinId)
  expect(storage.entries.size).toBe(0)
  before.close()
})

test('a page that left puts nothing back', async () => {
  const storage = new MemoryStorage()
  const page = new ManualPage(storage)
  bench = await Bench.open({}, page)
  void bench.client.join()
  await bench.client.leave()
  page.tell('hide')
  expect(storage.entries.size).toBe(0)
})
