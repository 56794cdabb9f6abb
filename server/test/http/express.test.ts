import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createPeerstageServer, type PeerstageServerOptions } from '../../src/index'
import { SECRET } from '../harness/running-server'
import { TestClient } from '../harness/test-client'

/** An Express 5 app with a WebSocket endpoint of its own, and Peerstage beside it. */
async function appWithOwnUpgrades(options: PeerstageServerOptions = { auth: { secret: SECRET } }) {
  const app = express()
  const live = createPeerstageServer({ logLevel: 'silent', ...options })
  app.use(live.requestListener)
  app.get('/', (_request, response) => void response.send('the app'))
  app.get('/livez/mine', (_request, response) => void response.send('also the app'))
  const server = createServer(app)
  const echo = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/echo') return
    echo.handleUpgrade(request, socket, head, (ws) => ws.on('message', (data) => ws.send(`echo ${data}`)))
  })
  live.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await live.close({ deadlineMs: 0 })
    for (const socket of echo.clients) socket.terminate()
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, live, server }
}

test('Express keeps its own upgrades, and the rooms have theirs [R7.11]', async () => {
  const { url, live } = await appWithOwnUpgrades()
  const own = new WebSocket(`${url.replace('http', 'ws')}/echo`)
  const answer = new Promise((resolve) => own.once('message', (data) => resolve(String(data))))
  own.once('open', () => own.send('hello'))
  const token = await live.tokens.sign({ room: 'hall', identity: 'ada', role: 'host' })
  const client = new TestClient(url, 'hall', { token })
  await client.welcome()
  expect(await answer).toBe('echo hello')
  expect(await client.ask({ type: 'chat.send', text: 'hello' })).toMatchObject({ ok: true })
})

test('who attaches it twice to a server has attached it once', async () => {
  const { url, live, server } = await appWithOwnUpgrades()
  live.attach(server)
  const token = await live.tokens.sign({ room: 'hall', identity: 'ada', role: 'host' })
  await new TestClient(url, 'hall', { token }).welcome()
})

test('in dev mode the files of the demo are its own paths, one by one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'stage.js'), 'stage()')
  const { url } = await appWithOwnUpgrades({ dev: true, demoFolder: folder })
  expect(await (await fetch(url)).text()).toBe('the app')
  expect(await (await fetch(`${url}/livez/mine`)).text()).toBe('also the app')
  expect(await (await fetch(`${url}/stage.js`)).text()).toBe('stage()')
})

test("identities are ours to erase, and all other paths beside them the app's", async () => {
  const { url, live } = await appWithOwnUpgrades()
  const token = await live.tokens.sign({ room: '*', identity: 'boss', admin: true })
  const erase = (path: string) => fetch(url + path, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  expect(await (await erase('/v1/identities/a%2Fb')).json()).toEqual({ messages: 0 })
  expect(await (await erase('/v1/others/a%2Fb')).text()).toContain('Cannot DELETE')
})

test('a drain makes it not ready, while the app goes on [R8.1]', async () => {
  const { url, live } = await appWithOwnUpgrades()
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  await live.close()
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect(await (await fetch(url)).text()).toBe('the app')
})

test('as middleware it answers its own paths, and leaves all others to the app', async () => {
  const { url } = await appWithOwnUpgrades()
  expect(await (await fetch(url)).text()).toBe('the app')
  expect(await (await fetch(`${url}/livez/mine`)).text()).toBe('also the app')
  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'live' })
  expect((await fetch(`${url}/livez`, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(`${url}/v1/rooms/hall/stats`)).status).toBe(401)
  const unknown = await fetch(`${url}/nothing`)
  expect(unknown.status).toBe(404)
  expect(await unknown.text()).toContain('Cannot GET /nothing')
})
