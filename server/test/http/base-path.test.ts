import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { readCommandLine } from '../../src/cli/command-line'
import { ConfigError, checkSettings } from '../../src/config/settings'
import { createTestServer } from '../../src/testing/index'
import { connectRaw, upgradeStatus } from '../harness/raw-upgrade'
import { makeServer, runServer } from '../harness/running-server'
import { TestClient } from '../harness/test-client'

const origin = (url: string) => new URL(url).origin

test.each(['/live', '/live/', '/an/app/live.v2'])(
  'with the base path %s all of ours is below it, and nothing beside it',
  async (basePath) => {
    const { url, server } = await runServer({ basePath })
    expect(url).toBe(origin(url) + basePath.replace(/\/$/, ''))
    const token = await server.tokens.sign({ room: 'hall', identity: 'ada', role: 'host', admin: true })
    const headers = { authorization: `Bearer ${token}` }
    const status = async (path: string) => (await fetch(path, { headers })).status
    for (const path of ['/livez', '/readyz', '/v1/rooms/hall/chat']) {
      expect(await status(url + path)).toBe(200)
      expect(await status(origin(url) + path)).toBe(404)
    }
    expect(await upgradeStatus(url, '/v1/rooms/hall')).toBe('upgraded')
    expect(await upgradeStatus(origin(url), '/v1/rooms/hall')).toBe(404)
    const outside = await fetch(`${origin(url)}/nothing`)
    expect([outside.status, outside.headers.get('x-content-type-options')]).toEqual([404, 'nosniff'])
  },
)

test('a token in the URL is rejected below a base path too [R6.8]', async () => {
  const { url } = await runServer({ basePath: '/live' })
  expect(await connectRaw(url, '/v1/rooms/hall?token=secret', ['peerstage.v1'])).toMatchObject({ goodbye: 'bad_frame' })
})

test('an app keeps its own /v1/rooms/, and two of ours with other paths serve one http.Server [R7.16]', async () => {
  const [first, second] = [makeServer({ basePath: '/one' }), makeServer({ basePath: '/two' })]
  const app = express().use(first.requestListener, second.requestListener)
  app.get('/v1/rooms/hall/stats', (_, response) => void response.send('rooms of a hotel'))
  const server = createServer(app)
  for (const live of [first, second]) live.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await Promise.all([first, second].map((live) => live.close({ deadlineMs: 0 })))
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await (await fetch(`${url}/v1/rooms/hall/stats`)).text()).toBe('rooms of a hotel')
  for (const path of ['/one', '/two']) {
    expect((await fetch(`${url}${path}/v1/rooms/hall/stats`)).status).toBe(401)
    expect(await upgradeStatus(url, `${path}/v1/rooms/hall`)).toBe('upgraded')
  }
  const within = makeServer({ basePath: '/one/v1/rooms' })
  expect(() => within.attach(server)).toThrow('/one/v1/rooms/, which overlaps with /one/v1/rooms/v1/rooms/,')
})

test('dev pages are below it, and find their files by relative paths', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'index.html'), 'demo')
  const { url } = await runServer({ dev: true, basePath: '/live', demoFolder: folder })
  const page = await fetch(`${url}?room=lobby`)
  expect([page.url, await page.text()]).toEqual([`${url}/?room=lobby`, 'demo'])
  expect((await fetch(`${url}/dev/token?room=hall&identity=ada`)).status).toBe(200)
  expect((await fetch(`${origin(url)}/dev/token?room=hall&identity=ada`)).status).toBe(404)
})

test('the server for tests of apps has it too', async () => {
  const server = await createTestServer({ basePath: '/live' })
  onTestFinished(() => server.close())
  expect(server.url).toMatch(/:\d+\/live$/)
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  expect(await upgradeStatus(server.url, '/elsewhere')).toBe(404)
  const token = await server.token({ room: 'hall', identity: 'ada' })
  await new TestClient(server.url, 'hall', { token }).welcome()
})

test.each(['live', '/live?x', '/a//b', '/../x', '/.', '/a/..', '/a b', '/%61', '//', 7])(
  '%j is no base path',
  (basePath) => {
    expect(() => checkSettings({ basePath })).toThrow(ConfigError)
    expect(() => checkSettings({ basePath })).toThrow(/^basePath must be a (?:path like \/live|string)/)
  },
)

test.each<[string, string]>([
  ['/', ''],
  ['/live/', '/live'],
  ['/a.b/~c-d_e', '/a.b/~c-d_e'],
])('by flag and by variable: %s', (given, basePath) => {
  const fromFlag = readCommandLine([`--base-path=${given}`], {})
  const fromVariable = readCommandLine([], { PEERSTAGE_BASE_PATH: given })
  for (const each of [fromFlag, fromVariable]) expect(each).toMatchObject({ options: { basePath } })
})
