import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createPeerstageServer, type PeerstageServerOptions } from '../../src/index'
import { certificate } from '../harness/certificate'
import { FakeClock } from '../harness/fake-clock'
import { rawConnection } from '../harness/raw-connection'
import { UPGRADE_HEADERS, upgradeStatus } from '../harness/raw-upgrade'
import { makeServer, runServer } from '../harness/running-server'

/** What Java's HttpClient (17) sends by default, byte by byte. */
const JAVA = {
  get: (path: string) =>
    `GET ${path} HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nHost: 127.0.0.1\r\nHTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\nUpgrade: h2c\r\nUser-Agent: Java-http-client/17.0.21.1\r\n\r\n`,
  post: (path: string, length: number) =>
    `POST ${path} HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: ${length}\r\nHost: 127.0.0.1\r\nHTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\nUpgrade: h2c\r\nUser-Agent: Java-http-client/17.0.21.1\r\n\r\n`,
}
/** And `curl --http2` with a body whose length it does not know. */
const CURL =
  'POST /api/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'

/** An app with one route, whose answer says what it was asked. */
const orders: RequestListener = (request, response) => {
  const body: Buffer[] = []
  request.on('data', (chunk) => body.push(chunk))
  request.on('end', () => {
    response.statusCode = request.url === '/api/orders' ? 200 : 404
    response.end(`${request.method} ${Buffer.concat(body)} ${request.headers['user-agent'] ?? '-'} of the app`)
  })
}

/** Listens with what is attached to it, until the test is over. */
async function listening<S extends Server>(app: S, options: PeerstageServerOptions = {}) {
  const live = makeServer(options)
  live.attach(app)
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await live.close({ deadlineMs: 0 })
    app.close()
    app.closeAllConnections()
  })
  return { app, live, url: `http://127.0.0.1:${(app.address() as AddressInfo).port}` }
}

const say = async (url: string, says: string) => (await rawConnection(url, says)).answer

describe('an upgrade to another protocol is a plain request [R7.15]', () => {
  test.each([
    ['Java, GET', JAVA.get('/api/orders'), /GET {2}Java-http-client\/17\.0\.21\.1 of the app/],
    ['Java, POST', `${JAVA.post('/api/orders', 12)}{"amount":3}`, /POST \{"amount":3\} Java/],
    ['curl, chunked', CURL, /POST hello - of the app/],
    [
      'HTTP/1.0',
      'GET /api/orders HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      /GET {2}- of the app/,
    ],
  ])('%s: the app that it is attached to answers as before', async (_, says, answer) => {
    const { url } = await listening(createServer(orders))
    const said = await say(url, says)
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(said).toMatch(answer)
    expect(said).toMatch(/\r\nConnection: close\r\n/)
  })

  test('a body that comes later is waited for', async () => {
    const { url, app } = await listening(createServer(orders))
    const asked = new Promise((resolve) => app.once('request', resolve))
    const { socket, answer } = await rawConnection(url, JAVA.post('/api/orders', 12))
    await asked
    socket.write('{"amount":3}')
    expect(await answer).toContain('POST {"amount":3} Java')
  })

  test('our own routes answer it, those under the path of the sockets too', async () => {
    const { url } = await runServer()
    expect(await say(url, JAVA.get('/livez'))).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"status":"live"/)
    expect(await say(url, JAVA.get('/v1/rooms/hall/stats'))).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('under the path of the sockets also where the app listens for upgrades', async () => {
    const app = createServer(makeServer({}).requestListener)
    app.on('upgrade', () => {})
    const { url } = await listening(app)
    expect(await say(url, JAVA.get('/v1/rooms/hall/stats'))).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('over TLS', async () => {
    const app = createSecureServer(certificate(), orders)
    const { url } = await listening(app as unknown as Server)
    const socket = connectSecure({ port: Number(new URL(url).port), rejectUnauthorized: false })
    let answer = ''
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text
    })
    socket.write(JAVA.post('/api/orders', 12))
    socket.write('{"amount":3}')
    await new Promise((resolve) => socket.once('close', resolve))
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*POST \{"amount":3\}/)
  })
})

describe('a WebSocket on a path that is not ours [R7.15]', () => {
  test('is not found on our own server, in words', async () => {
    const { url } = await runServer()
    expect(await upgradeStatus(url, '/rooms/hall')).toBe(404)
    const headers = Object.entries(UPGRADE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`)
    const said = await say(url, `GET /rooms/hall HTTP/1.1\r\nhost: x\r\n${headers.join('')}\r\n`)
    expect(said).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*"code":"not_found"/)
  })

  test('waits for a listener of the app that comes late, as those of frameworks do', async () => {
    const clock = new FakeClock()
    const { url, app } = await listening(createServer(orders), { clock })
    const early = new WebSocket(`${url.replace('http', 'ws')}/hmr`)
    await expect.poll(() => clock.pending).toContain(5000)
    const hmr = new WebSocketServer({ noServer: true })
    app.once('upgrade', (...upgrade) => {
      hmr.handleUpgrade(...upgrade, (socket) => socket.on('message', (data) => socket.send(`hmr ${data}`)))
    })
    const answer = new Promise((resolve) => early.once('message', (data) => resolve(String(data))))
    early.once('open', () => early.send('hello'))
    expect(await answer).toBe('hmr hello')
    early.terminate()
  })

  test('is answered by the app as a plain request when no listener comes in 5 s', async () => {
    const clock = new FakeClock()
    const { url } = await listening(createServer(orders), { clock })
    const [here, elsewhere] = [upgradeStatus(url, '/api/orders'), upgradeStatus(url, '/elsewhere')]
    await expect.poll(() => clock.pending.filter((ms) => ms === 5000)).toHaveLength(2)
    clock.advance(5000)
    expect(await here).toBe(200)
    expect(await elsewhere).toBe(404)
  })

  test('is let go with the app’s next words when we close', async () => {
    const clock = new FakeClock()
    const { url, live } = await listening(createServer(orders), { clock })
    const answer = upgradeStatus(url, '/elsewhere')
    await expect.poll(() => clock.pending).toContain(5000)
    await live.close({ deadlineMs: 0 })
    expect(await answer).toBe(404)
  })

  test('is not found where no listener answers requests', async () => {
    const clock = new FakeClock()
    const { url } = await listening(createServer(), { clock })
    const answer = upgradeStatus(url, '/elsewhere')
    await expect.poll(() => clock.pending).toContain(5000)
    clock.advance(5000)
    expect(await answer).toBe(404)
  })

  test('waits with a hundred others at most; one that is gone waits no more', async () => {
    const clock = new FakeClock()
    const { url } = await listening(createServer(orders), { clock })
    const sockets = Array.from({ length: 100 }, () => new WebSocket(`${url.replace('http', 'ws')}/elsewhere`))
    for (const socket of sockets) socket.on('error', () => {})
    await expect.poll(() => clock.pending.filter((ms) => ms === 5000)).toHaveLength(100)
    expect(await upgradeStatus(url, '/elsewhere')).toBe(404)
    for (const socket of sockets) socket.terminate()
  })
})

describe('two of ours on one http.Server [R7.16]', () => {
  test('the second one is told so when it is attached, and the first one serves on', async () => {
    const { app, url } = await listening(createServer(orders))
    expect(() => makeServer({}).attach(app)).toThrow(/\/v1\/rooms\/ .* close that one first, or give .* basePath/)
    expect(await upgradeStatus(url, '/v1/rooms/hall')).toBe('upgraded')
  })

  test('also where the second one comes from another copy of this package, as after a hot reload', async () => {
    const { app, url } = await listening(createServer(orders))
    vi.resetModules()
    const { createPeerstageServer: copied } = await import('../../src/index')
    expect(copied).not.toBe(createPeerstageServer)
    expect(() => copied({ dev: true, logLevel: 'silent' }).attach(app)).toThrow('close that one first')
    expect(await upgradeStatus(url, '/v1/rooms/hall')).toBe('upgraded')
  })

  test('one that is being closed makes room at once for the next, as in a hot reload', async () => {
    const { app, url, live } = await listening(createServer(orders))
    const closing = live.close({ deadlineMs: 0 })
    const next = makeServer({})
    next.attach(app)
    await closing
    onTestFinished(() => next.close({ deadlineMs: 0 }))
    expect(await upgradeStatus(url, '/v1/rooms/hall')).toBe('upgraded')
    expect(app.listenerCount('upgrade')).toBe(1)
  })
})
