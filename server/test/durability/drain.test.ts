import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { memoryLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { FakeClock } from '../harness/fake-clock'
import { hangingLog } from '../harness/hanging-log'
import { UPGRADE_HEADERS } from '../harness/raw-upgrade'
import { makeServer, runServer, visitorsOf } from '../harness/running-server'

/** Asks for an upgrade and never ends its own side of the socket. Resolves when the server has ended the other. */
async function halfOpenUpgrade(url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  const headers = Object.entries(UPGRADE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET /v1/rooms/hall HTTP/1.1\r\nhost: ${hostname}\r\n${headers.join('')}\r\n`)
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  await new Promise((resolve) => socket.once('end', resolve))
  return answer
}

test('a drain says goodbye to everybody, with a delay of its own for each, and ends [R8.1]', async () => {
  const { server, enter } = await runServer()
  const clients = await Promise.all(['ada', 'bob', 'eve'].map((identity) => enter('hall', identity, { role: 'host' })))
  await Promise.all(clients.map((client) => client.welcome()))
  const closing = server.close({ deadlineMs: 10_000 })
  const goodbyes = await Promise.all(clients.map((client) => client.goodbye()))
  await closing
  for (const goodbye of goodbyes) {
    expect(goodbye).toMatchObject({ code: 'draining', close: 1012 })
    expect(goodbye.retryAfterMs).toBeGreaterThanOrEqual(0)
    expect(goodbye.retryAfterMs).toBeLessThan(10_000)
  }
  expect(new Set(goodbyes.map((goodbye) => goodbye.retryAfterMs)).size).toBeGreaterThan(1)
})

/** A server that drains, and a client that holds the drain open: it does not answer the close. */
async function heldDrain() {
  const { url, server, enter, connect } = await runServer()
  const deaf = await enter('hall', 'deaf')
  await deaf.welcome()
  deaf.socket.pause()
  return { url, connect, deaf, closing: server.close() }
}

test('a client that connects during a drain gets the same goodbye, while another client still keeps the drain waiting [R8.1]', async () => {
  const { url, connect, closing } = await heldDrain()
  const late = Array.from({ length: 5 }, () => connect('hall'))
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect((await fetch(`${url}/metrics`)).status).toBe(200)
  const ready = await fetch(`${url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }])
  const goodbyes = await Promise.all(late.map((client) => client.goodbye()))
  for (const goodbye of goodbyes) {
    expect(goodbye).toEqual({ code: 'draining', close: 1012, retryAfterMs: expect.any(Number) })
    expect(goodbye.retryAfterMs).toBeLessThan(10_000)
  }
  expect(new Set(goodbyes.map((goodbye) => goodbye.retryAfterMs)).size).toBeGreaterThan(1)
  await closing
  await expect(fetch(`${url}/livez`)).rejects.toThrow()
})

test('a drain ends when the earlier clients are gone, though a client that came during it never answers', async () => {
  const [one, other] = await Promise.all([heldDrain(), heldDrain()])
  const late = one.connect('hall')
  late.socket.once('open', () => late.socket.pause())
  await late.opened
  one.deaf.cut()
  const ends = [one.closing.then(() => 'one'), other.closing.then(() => 'other')]
  expect(await Promise.race(ends)).toBe('one')
})

test('an app that has a server attached goes on listening, and a client that connects there gets the goodbye', async () => {
  const live = makeServer({})
  const app = createServer(live.requestListener)
  app.headersTimeout = 10_000
  live.attach(app)
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void app.close())
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  const { enter, connect } = visitorsOf(live, url)
  const deaf = await enter('hall', 'ada')
  await deaf.welcome()
  deaf.socket.pause()
  const closing = live.close()
  expect(await connect('hall').goodbye()).toMatchObject({ code: 'draining', retryAfterMs: expect.any(Number) })
  await closing
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
})

test('a drain ends by its deadline though a client never answers the close [R8.2]', async () => {
  const { server, enter } = await runServer()
  const deaf = await enter('hall', 'deaf')
  await deaf.welcome()
  deaf.socket.pause()
  await server.close({ deadlineMs: 50 })
})

test('a drain ends by its deadline though the log hangs, in a turn and when it is closed [R8.2]', async () => {
  const { log, hang } = hangingLog()
  const { server, enter } = await runServer({ log: alteredLog(log, { close: () => new Promise(() => {}) }) })
  const ada = await enter('hall', 'ada')
  await ada.welcome()
  hang()
  ada.say({ type: 'chat.send', id: 1, text: 'never answered' })
  await server.close({ deadlineMs: 50 })
  expect(await ada.goodbye()).toMatchObject({ code: 'draining' })
})

test('a drain does not hide that the log could not be closed', async () => {
  const log = alteredLog(memoryLog(), { close: () => Promise.reject(new Error('broken by a test')) })
  const server = makeServer({ log })
  await server.listen(0, '127.0.0.1')
  await expect(server.close({ deadlineMs: 10_000 })).rejects.toThrow('broken by a test')
})

test('a deadline may be as far off as anybody likes: no timer is longer than timers can be', async () => {
  const clock = new FakeClock()
  const { server, enter } = await runServer({ clock })
  const ada = await enter('hall', 'ada')
  await ada.welcome()
  ada.socket.pause()
  const closing = server.close({ deadlineMs: Number.POSITIVE_INFINITY })
  expect(Math.max(...clock.pending)).toBe(2 ** 31 - 1)
  ada.cut()
  await closing
})

test('a drain ends though a client that was rejected keeps its half of the socket open [R8.2]', async () => {
  const { url, server, enter } = await runServer({ maxSockets: 1 })
  await (await enter('hall', 'ada', { role: 'host' })).welcome()
  expect(await halfOpenUpgrade(url)).toMatch(/^HTTP\/1.1 503 /)
  await server.close({ deadlineMs: 60_000 })
})

test('a server can be closed twice, and is closed once', async () => {
  const { server } = await runServer()
  await Promise.all([server.close({ deadlineMs: 0 }), server.close({ deadlineMs: 0 })])
})
