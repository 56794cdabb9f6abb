import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRoutes } from '../../src/http/routes'
import { ConfigError, createPeerstageServer } from '../../src/index'
import { runServer, SECRET } from '../harness/running-server'

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('health: alive and ready', async () => {
  const { url } = await runServer()
  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'live' })
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
})

test('an unknown path is a 404 in JSON, with the security headers', async () => {
  const { url } = await runServer()
  const response = await fetch(`${url}/nothing`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('metrics tell of rooms, people, sockets, commands, rejections and turns', async () => {
  const { url, enter, connect } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  await host.ask({ type: 'chat.send', text: 'hello' })
  await host.ask({ type: 'chat.delete', messageId: 'nothing' })
  await connect('hall', { token: 'nonsense' }).closed
  const text = await (await fetch(`${url}/metrics`)).text()
  expect(text).toContain('peerstage_rooms 1')
  expect(text).toContain('peerstage_participants{role="host"} 1')
  expect(text).toContain('peerstage_participants{role="viewer"} 0')
  expect(text).toMatch(/peerstage_sockets [12]\n/)
  expect(text).toContain('peerstage_commands_total{type="chat.send",outcome="ok"} 1')
  expect(text).toContain('peerstage_commands_total{type="chat.delete",outcome="message_not_found"} 1')
  expect(text).toContain('peerstage_rejections_total{reason="unauthorized"} 1')
  expect(text).toContain('peerstage_batch_seconds_count')
})

test('two servers in one process never count for each other', async () => {
  const one = await runServer()
  const two = await runServer()
  const host = await one.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  expect(await (await fetch(`${two.url}/metrics`)).text()).toContain('peerstage_rooms 0')
})

test('stats are for a host of the room and for admins [R6.10]', async () => {
  const { url, server, enter } = await runServer()
  await (await enter('hall', 'ada', { role: 'host' })).welcome()
  const path = `${url}/v1/rooms/hall/stats`
  const sign = (options: object) => server.tokens.sign({ room: 'hall', identity: 'boss', ...options })
  expect((await fetch(path)).status).toBe(401)
  expect((await fetch(path, bearer('nonsense'))).status).toBe(401)
  expect((await fetch(path, bearer(await sign({ role: 'cohost' })))).status).toBe(401)
  expect((await fetch(path, bearer(await sign({ role: 'host', room: 'other' })))).status).toBe(401)
  const stats = await fetch(path, bearer(await sign({ role: 'host' })))
  expect(await stats.json()).toMatchObject({ roomId: 'hall', participants: { host: 1, viewer: 0 }, locked: false })
  const byAdmin = await fetch(path, bearer(await sign({ room: '*', admin: true })))
  expect(byAdmin.status).toBe(200)
})

test('a demoted or removed host looks after the room no more, whatever its token says; an admin always does [R6.10]', async () => {
  const { url, server, enter } = await runServer()
  const ada = await enter('hall', 'ada', { role: 'host' })
  await ada.welcome()
  const bob = await enter('hall', 'bob', { role: 'host' })
  const { self } = await bob.welcome()
  const sign = (options: object) => server.tokens.sign({ room: 'hall', identity: 'bob', role: 'host', ...options })
  const status = async (options: object = {}) =>
    (await fetch(`${url}/v1/rooms/hall/stats`, bearer(await sign(options)))).status
  expect(await status()).toBe(200)
  await ada.ask({ type: 'moderation.setRole', participantId: self, role: 'guest' })
  expect(await status()).toBe(401)
  await ada.ask({ type: 'moderation.setRole', participantId: self, role: 'host' })
  expect(await status()).toBe(200)
  await ada.ask({ type: 'moderation.kick', participantId: self })
  expect(await status()).toBe(401)
  expect(await status({ admin: true })).toBe(200)
})

test('a host whose own token made it less looks after the room no more, though an older token says host', async () => {
  const { url, server, enter } = await runServer()
  const ada = await enter('hall', 'ada', { role: 'host' })
  await ada.welcome()
  const sign = (role: 'host' | 'viewer') => server.tokens.sign({ room: 'hall', identity: 'ada', role })
  const asHost = bearer(await sign('host'))
  expect((await fetch(`${url}/v1/rooms/hall/stats`, asHost)).status).toBe(200)
  expect(await ada.ask({ type: 'session.refresh', token: await sign('viewer') })).toMatchObject({ ok: true })
  await ada.event('participant.roleChanged')
  expect((await fetch(`${url}/v1/rooms/hall/stats`, asHost)).status).toBe(401)
})

test('a room can be ended by REST, once', async () => {
  const { url, server, enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const token = await server.tokens.sign({ room: '*', identity: 'boss', admin: true })
  const end = () => fetch(`${url}/v1/rooms/hall/end`, { method: 'POST', ...bearer(token) })
  expect(await (await end()).json()).toEqual({ ended: true })
  expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
  expect((await end()).status).toBe(404)
  expect((await fetch(`${url}/v1/rooms/a%20b/end`, { method: 'POST', ...bearer(token) })).status).toBe(400)
})

test('where the API opens rooms, no participant joins before it has, and an ended id has to wait', async () => {
  const { url, server, enter } = await runServer({ createRooms: 'api' })
  expect(await (await enter('hall', 'ada', { role: 'host' })).goodbye()).toMatchObject({ code: 'room_not_found' })
  const token = await server.tokens.sign({ room: '*', identity: 'boss', admin: true })
  const open = () => fetch(`${url}/v1/rooms/hall`, { method: 'PUT', ...bearer(token) })
  expect((await fetch(`${url}/v1/rooms/hall`, { method: 'PUT' })).status).toBe(401)
  expect(await (await open()).json()).toEqual({ open: true })
  expect(await (await open()).json()).toEqual({ open: true })
  const { room } = await (await enter('hall', 'bob')).welcome()
  expect(room?.participants).toHaveLength(1)
  expect(await server.rooms.end('hall')).toBe('ended')
  expect((await open()).status).toBe(409)
})

test('CORS follows the allowed origins', async () => {
  const { url } = await runServer({ allowedOrigins: ['HTTPS://Example.com:443', 'https://*.example.org'] })
  const preflight = (origin: string) =>
    fetch(`${url}/v1/rooms/hall/stats`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    })
  const ours = await preflight('https://example.com')
  expect(ours.headers.get('access-control-allow-origin')).toBe('https://example.com')
  expect(ours.headers.get('access-control-allow-headers')).toContain('authorization')
  const tenant = await preflight('https://one.example.org')
  expect(tenant.headers.get('access-control-allow-origin')).toBe('https://one.example.org')
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
})

test('without dev mode no client is given a token', async () => {
  const { url } = await runServer()
  expect((await fetch(`${url}/dev/token?room=hall&identity=ada`)).status).toBe(404)
})

test('dev mode gives a token to every caller', async () => {
  const { url, connect } = await runServer({ dev: true })
  const response = await fetch(`${url}/dev/token?room=hall&identity=ada&name=Ada&role=guest`)
  const { token } = (await response.json()) as { token: string }
  await connect('hall', { name: 'first' }).welcome()
  const { room, self } = await connect('hall', { token }).welcome()
  expect(room?.participants.find((each) => each.id === self)).toMatchObject({ name: 'Ada', role: 'guest' })
  expect((await fetch(`${url}/dev/token?room=hall`)).status).toBe(400)
  expect((await fetch(`${url}/dev/token?room=hall&identity=ada&role=root`)).status).toBe(400)
})

test('dev mode lets pages of this machine read tokens, and no others', async () => {
  const { url } = await runServer({ dev: true })
  const from = async (origin: string) =>
    (await fetch(`${url}/dev/token?room=hall&identity=ada`, { headers: { origin } })).headers.get(
      'access-control-allow-origin',
    )
  expect(await from('http://localhost:5173')).toBe('http://localhost:5173')
  expect(await from('https://evil.example')).toBeNull()
})

test('dev mode serves this machine alone, by its own name: neither rebound names nor proxies that speak for others [R6.9]', async () => {
  const { url, connect } = await runServer({ dev: true })
  const asked = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve) => {
      get(`${url}/dev/token?room=hall&identity=ada`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
    })
  for (const host of ['localhost', '127.0.0.1:8080', '[::1]:80']) expect(await asked({ host })).toBe(200)
  const foreign = [{ host: 'evil.example' }, { host: '127.0.0.1.evil.example' }, { 'x-forwarded-for': '203.0.113.7' }]
  for (const headers of foreign) {
    expect(await asked(headers)).toBe(403)
    expect(await connect('hall', { headers }).goodbye()).toMatchObject({ code: 'unauthorized' })
  }
})

test('dev mode serves the files of the demo, and nothing beside them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>demo</title>')
  await writeFile(join(folder, 'peerstage.js'), 'var Peerstage = {}')
  const { url } = await runServer({ dev: true, demoFolder: folder })
  const page = await fetch(url)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(await page.text()).toContain('demo')
  const script = await fetch(`${url}/peerstage.js`)
  expect(script.headers.get('content-type')).toContain('text/javascript')
  for (const path of ['/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/nothing.js']) {
    expect((await fetch(url + path)).status).toBe(404)
  }
  expect((await fetch(`${url}/livez`)).status).toBe(200)
})

test('a folder of the demo that is not there is named as an option, without its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  await rm(folder, { recursive: true })
  const create = () => createPeerstageServer({ dev: true, demoFolder: folder, logLevel: 'silent' })
  expect(create).toThrow(ConfigError)
  expect(create).toThrow(/^demoFolder must be a folder that is there\.$/)
})

test('an id that is none is rejected by the rooms of a server, too', async () => {
  const { server } = await runServer()
  await expect(server.rooms.open('a room')).rejects.toThrow(TypeError)
  await expect(server.rooms.end('')).rejects.toThrow(TypeError)
  expect(() => server.rooms.stats('x'.repeat(65))).toThrow('A room id has 1 to 64 characters')
})

test('a request that fails is a 500 without words of the fault, which the logger has', async () => {
  const errors: unknown[] = []
  const rejected: string[] = []
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  const fault = new Error('broken by a test')
  const stats = () => {
    throw fault
  }
  const rooms = { stats, open: async () => 'opened' as const, end: async () => 'ended' as const }
  const parts = {
    rooms,
    erasure: { room: async () => 'erased' as const, identity: async () => ({ ok: true as const, messages: 0 }) },
    chat: async () => ({ messages: [], hasMore: false }),
    metrics: undefined,
    logger,
    readiness: () => 'ready' as const,
    meter: { rejection: (reason: string) => void rejected.push(reason) },
    mayManage: async () => ({ ok: true }) as const,
    mayAdminister: async () => ({ ok: true }) as const,
    basePath: '',
    mayRead: undefined,
  }
  const response = await createRoutes(parts).request('/v1/rooms/hall/stats', bearer('any'))
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('broken')
  expect(errors).toMatchObject([{ err: fault }])
  expect(rejected).toEqual(['internal'])
})

test('a server without auth must say that it is for development', () => {
  expect(() => createPeerstageServer()).toThrow(ConfigError)
  expect(() => createPeerstageServer({})).toThrow('auth.secret is needed, unless dev is true.')
  expect(() => createPeerstageServer({ auth: { secret: 'short' } })).toThrow('auth.secret must have at least 32 bytes.')
})

test('a secret that is in use is never at the service of dev mode', () => {
  expect(() => createPeerstageServer({ auth: { secret: SECRET }, dev: true })).toThrow('dev must be false beside auth')
})

test('without a secret it listens on this machine only [R6.9]', async () => {
  const server = createPeerstageServer({ dev: true })
  await expect(server.listen(0, '0.0.0.0')).rejects.toThrow('must be this machine')
  await server.close()
})

test('a server listens once, and no more when it was closed', async () => {
  const { server } = await runServer()
  await expect(server.listen(0, '127.0.0.1')).rejects.toThrow('This server listens already')
  await server.close({ deadlineMs: 0 })
  await expect(server.listen(0, '127.0.0.1')).rejects.toThrow('This server is closed')
  expect(() => server.attach(createServer())).toThrow('This server is closed')
})

test('a server that is closed while it is about to listen listens no more', async () => {
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  const { port } = squatter.address() as AddressInfo
  await new Promise((resolve) => squatter.close(resolve))
  const server = createPeerstageServer({ auth: { secret: SECRET }, logLevel: 'silent' })
  const rejected = expect(server.listen(port, '127.0.0.1')).rejects.toThrow('closed before it could listen')
  await Promise.all([rejected, server.close({ deadlineMs: 0 })])
  await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow()
})

test('an app whose own server waits long for headers is warned when it is attached', () => {
  const warnings: object[] = []
  const logger = { debug: () => {}, info: () => {}, error: () => {}, warn: (fields: object) => warnings.push(fields) }
  const live = createPeerstageServer({ auth: { secret: SECRET }, logger })
  live.attach(createServer({ headersTimeout: 10_000 }))
  expect(warnings).toEqual([])
  live.attach(createServer({ headersTimeout: 60_000 }))
  expect(warnings).toEqual([{ headersTimeout: 60_000 }])
})

test('a port that is taken gives a plain sentence', async () => {
  const { url } = await runServer()
  const port = Number(new URL(url).port)
  const second = createPeerstageServer({ auth: { secret: SECRET } })
  await expect(second.listen(port, '127.0.0.1')).rejects.toThrow(`Another program listens on port ${port}`)
  await second.close()
})
