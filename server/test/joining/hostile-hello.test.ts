import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeHello, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { createPeerstageServer } from '../../src/index'
import { BAD_HELLOS, HELLO } from '../harness/hostile-inputs'
import { connectRaw, upgradeStatus } from '../harness/raw-upgrade'
import { runServer, SECRET } from '../harness/running-server'

test('the answer names our subprotocol alone, never the hello, and no compression [R2.1]', async () => {
  const { enter } = await runServer()
  const ada = await enter('hall', 'ada')
  await ada.welcome()
  expect(ada.socket.protocol).toBe(SUBPROTOCOL)
  // `ws` offers permessage-deflate by itself.
  expect(ada.socket.extensions).toBe('')
})

test.each(BAD_HELLOS)('a hello with %s is a bad frame', async (_what, offered) => {
  const { url } = await runServer()
  const answer = await connectRaw(url, '/v1/rooms/hall', [SUBPROTOCOL, ...offered])
  expect(answer).toEqual({ protocol: SUBPROTOCOL, goodbye: 'bad_frame', close: 4400 })
})

test('another version of the protocol hears so, in words that its browser lets through', async () => {
  const { url } = await runServer()
  const answer = await connectRaw(url, '/v1/rooms/hall', ['peerstage.v99', `hello.${encodeHello(HELLO)}`])
  expect(answer).toEqual({ protocol: 'peerstage.v99', goodbye: 'unsupported_version', close: 4406 })
})

test('a token in the URL is rejected [R6.8]', async () => {
  const { url, server } = await runServer()
  const token = await server.tokens.sign({ room: 'hall', identity: 'ada' })
  const answer = await connectRaw(url, `/v1/rooms/hall?token=${token}`, [SUBPROTOCOL, `hello.${encodeHello(HELLO)}`])
  expect(answer).toMatchObject({ goodbye: 'bad_frame', close: 4400 })
})

test.each(['', 'a/b', 'with%20space', 'x'.repeat(65), 'a%0d%0ab'])('%j is no room [R1.1]', async (room) => {
  const { url } = await runServer()
  const answer = await connectRaw(url, `/v1/rooms/${room}`, [SUBPROTOCOL, `hello.${encodeHello(HELLO)}`])
  expect(answer).toMatchObject({ goodbye: 'bad_frame', close: 4400 })
})

test('a foreign or null Origin is forbidden where origins are listed; a listed one and none at all are not [R7.10]', async () => {
  const { enter } = await runServer({ allowedOrigins: ['https://example.com'] })
  for (const origin of ['https://evil.example', 'null', 'https://example.com.evil.example', 'http://example.com']) {
    const client = await enter('hall', 'ada', { headers: { origin } })
    expect(await client.goodbye()).toMatchObject({ code: 'forbidden', close: 4403 })
  }
  await (await enter('hall', 'ada', { headers: { origin: 'https://example.com' } })).welcome()
  await (await enter('hall', 'bob')).welcome()
})

test('an app comes in by its scheme, a tenant by its label, and neighbours of both do not [R7.10]', async () => {
  const { enter } = await runServer({ allowedOrigins: ['capacitor://localhost', 'https://*.example.com'] })
  for (const origin of ['capacitor://localhost', 'https://one.example.com']) {
    await (await enter('hall', 'ada', { headers: { origin } })).welcome()
  }
  for (const origin of ['ionic://localhost', 'https://localhost', 'https://example.com', 'https://a.b.example.com']) {
    expect(await (await enter('hall', 'eve', { headers: { origin } })).goodbye()).toMatchObject({ code: 'forbidden' })
  }
})

test('dev mode lets pages of this machine in, and no others [R6.9]', async () => {
  const { connect } = await runServer({ dev: true })
  await connect('hall', { headers: { origin: 'http://localhost:5173' } }).welcome()
  await connect('hall', { headers: { origin: 'http://127.0.0.1:3000' } }).welcome()
  const foreign = connect('hall', { headers: { origin: 'https://evil.example' } })
  expect(await foreign.goodbye()).toMatchObject({ code: 'forbidden' })
})

test('an upgrade on a foreign path is left to the app that listens for it too [R7.11]', async () => {
  const app = createServer()
  const live = createPeerstageServer({ auth: { secret: SECRET }, logLevel: 'silent' })
  live.attach(app)
  app.on('upgrade', (request, socket) => {
    if (request.url === '/mine') socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await live.close({ deadlineMs: 0 })
    app.close()
  })
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  expect(await upgradeStatus(url, '/mine')).toBe(426)
  expect(await upgradeStatus(url, '/v1/rooms/hall')).toBe('upgraded')
})

test('beyond the cap of the process an upgrade gets a bare 503 [R7.9]', async () => {
  const { url, enter } = await runServer({ maxSockets: 1 })
  await (await enter('hall', 'ada')).welcome()
  expect(await upgradeStatus(url, '/v1/rooms/hall')).toBe(503)
})
