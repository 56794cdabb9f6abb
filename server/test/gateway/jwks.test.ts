import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { COOLDOWN_MS } from '../../src/gateway/jwks'
import type { PeerstageServerOptions } from '../../src/index'
import { FakeClock } from '../fakes/fake-clock'
import { type JwksEndpoint, jwksEndpoint } from './jwks-endpoint'
import { passTime } from './passing-time'
import { runServer } from './running-server'
import { handSigned, type SigningPair, signedBy, signingPair } from './signing-keys'
import type { TestClient } from './test-client'

const REFRESH_SECONDS = 600
const MAX_AGE_SECONDS = 900
const UNAVAILABLE = { code: 'unavailable', close: 1013 }
const UNAUTHORIZED = { code: 'unauthorized', close: 4401 }

const a = signingPair('EdDSA', 'a')
const b = signingPair('ES256', 'b')

type Line = { level: string; message: string } & Record<string, unknown>

/** A server that gets its keys from an endpoint, and a log that the test reads. */
async function served(endpoint: JwksEndpoint) {
  const clock = new FakeClock()
  const lines: Line[] = []
  const level = (name: string) => (fields: object, message: string) =>
    void lines.push({ ...fields, level: name, message })
  const logger: NonNullable<PeerstageServerOptions['logger']> = {
    debug: level('debug'),
    info: level('info'),
    warn: level('warn'),
    error: level('error'),
  }
  const auth = { jwksUrl: endpoint.url, jwksRefreshSeconds: REFRESH_SECONDS, jwksMaxAgeSeconds: MAX_AGE_SECONDS }
  const running = await runServer({ auth, clock, logger })
  const exp = () => Math.floor(clock.now() / 1000) + 24 * 3600
  const enter = async (pair: SigningPair, sub = 'ada') =>
    running.connect('hall', { token: await signedBy(pair, { sub, exp: exp() }) })
  const fresh = (pair: SigningPair, sub = 'ada') => signedBy(pair, { sub, exp: exp() })
  /** Until the server has done with the answer that it asked for. */
  const faults = (count: number) => expect.poll(() => lines.filter((line) => line.level === 'warn')).toHaveLength(count)
  return { ...running, clock, lines, enter, fresh, faults }
}

/** Lets the time for the next reading come, and waits until the endpoint was asked. */
async function nextReading(
  endpoint: JwksEndpoint,
  clock: FakeClock,
  ms: number,
  ...alive: TestClient[]
): Promise<void> {
  const before = endpoint.asked()
  await passTime(clock, ms, ...alive)
  await expect.poll(endpoint.asked).toBe(before + 1)
}

test('the keys of a JWKS endpoint verify tokens; it is asked once, when the first token comes', async () => {
  const endpoint = await jwksEndpoint(a, b)
  const { enter } = await served(endpoint)
  expect(endpoint.asked()).toBe(0)
  const clients = await Promise.all([enter(a, 'ada'), enter(b, 'bob'), enter(a, 'cleo')])
  for (const client of clients) await client.welcome()
  expect(endpoint.asked()).toBe(1)
})

test('a flood of unknown kids asks the endpoint once in 30 s; who comes with a good token meanwhile gets in [R6.6]', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, clock } = await served(endpoint)
  await (await enter(a)).welcome()
  clock.advance(COOLDOWN_MS)
  const stranger = (i: number) => enter({ ...b, jwk: { ...b.jwk, kid: `stranger-${i}` } }, `s${i}`)
  const flood = await Promise.all(Array.from({ length: 40 }, (_, i) => stranger(i)))
  for (const client of flood) expect(await client.goodbye()).toMatchObject(UNAUTHORIZED)
  await (await enter(a, 'bob')).welcome()
  expect(endpoint.asked()).toBe(2)
  clock.advance(COOLDOWN_MS - 1)
  expect(await (await stranger(40)).goodbye()).toMatchObject(UNAUTHORIZED)
  expect(endpoint.asked()).toBe(2)
  clock.advance(1)
  expect(await (await stranger(41)).goodbye()).toMatchObject(UNAUTHORIZED)
  expect(endpoint.asked()).toBe(3)
})

test('a token by a new key gets in at once: the set is read again for its kid [R6.5]', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, clock } = await served(endpoint)
  await (await enter(a)).welcome()
  clock.advance(COOLDOWN_MS)
  endpoint.publish(a, b)
  await (await enter(b, 'bob')).welcome()
  expect(endpoint.asked()).toBe(2)
})

test('a rotation drops no session: both keys overlap, the session takes a token by the new one, the old one goes', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, fresh, clock } = await served(endpoint)
  const ada = await enter(a)
  await ada.welcome()
  endpoint.publish(a, b)
  await nextReading(endpoint, clock, REFRESH_SECONDS * 1000, ada)
  expect(await ada.ask({ type: 'session.refresh', token: await fresh(b) })).toMatchObject({ ok: true })
  endpoint.publish(b)
  await nextReading(endpoint, clock, REFRESH_SECONDS * 1000, ada)
  await passTime(clock, 60_000, ada)
  expect(ada.received.some((message) => message.type === 'session.refreshNeeded')).toBe(false)
  expect(await ada.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('a key that is taken out of the set ends its sessions within the refresh interval and half a minute [R6.5]', async () => {
  const endpoint = await jwksEndpoint(a, b)
  const { enter, clock } = await served(endpoint)
  const [ada, bob] = [await enter(a, 'ada'), await enter(b, 'bob')]
  await Promise.all([ada.welcome(), bob.welcome()])
  endpoint.publish(b)
  await nextReading(endpoint, clock, REFRESH_SECONDS * 1000, ada, bob)
  expect(await ada.next('session.refreshNeeded')).toMatchObject({ expiresAt: clock.now() })
  await passTime(clock, 29_999, ada, bob)
  clock.advance(1)
  expect(await ada.goodbye()).toMatchObject(UNAUTHORIZED)
  expect(await bob.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
  expect(await (await enter(a, 'ada')).goodbye()).toMatchObject(UNAUTHORIZED)
})

test('whose key was taken out of the set goes on with a token by another key, though that one ends sooner [R6.5]', async () => {
  const endpoint = await jwksEndpoint(a, b)
  const { enter, clock } = await served(endpoint)
  const ada = await enter(a)
  await ada.welcome()
  endpoint.publish(b)
  await nextReading(endpoint, clock, REFRESH_SECONDS * 1000, ada)
  await ada.next('session.refreshNeeded')
  const token = await signedBy(b, { exp: Math.floor(clock.now() / 1000) + 600 })
  expect(await ada.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  await passTime(clock, 545_000, ada)
  expect(ada.received.filter((message) => message.type === 'session.refreshNeeded')).toHaveLength(2)
})

test('a key whose kid was given to another one counts no more', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, clock } = await served(endpoint)
  const ada = await enter(a)
  await ada.welcome()
  endpoint.publish(signingPair('EdDSA', 'a'))
  await nextReading(endpoint, clock, REFRESH_SECONDS * 1000, ada)
  await ada.next('session.refreshNeeded')
  expect(await (await enter(a, 'bob')).goodbye()).toMatchObject(UNAUTHORIZED)
})

type Answer = Parameters<JwksEndpoint['answer']>[0]
const says =
  (text: string) =>
  (response: ServerResponse): void =>
    void response.end(text)
const set = (...keys: unknown[]) => says(JSON.stringify({ keys }))
const privateJwk = a.privateKey.export({ format: 'jwk' })

test.each<[string, Answer]>([
  ['an error', (response) => void response.writeHead(500).end('no')],
  [
    'a redirect',
    (response, { url }) =>
      void (url === '/b' ? set(b.jwk)(response) : response.writeHead(302, { location: '/b' }).end()),
  ],
  ['a cut connection', (_response, request) => void request.socket.destroy()],
  ['nothing', says('')],
  ['no JSON', says('<html>')],
  ['JSON of another shape', says('{"keys":{"a":1}}')],
  ['a list that holds no keys', set(null, 5)],
  ['a set without keys', set()],
  ['keys of other kinds only', set({ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }, { ...b.jwk, use: 'enc' }, { kty: 'XX' })],
  ['a private key', set({ ...privateJwk, kid: 'a' })],
  ['a key with values of wrong types', set({ ...a.jwk, x: 7 }, { ...b.jwk, kid: {} }, { ...a.jwk, key_ops: 'verify' })],
  ['nesting without end', says('['.repeat(100_000))],
  ['more than 256 KiB', says(JSON.stringify({ keys: [a.jwk], padding: 'x'.repeat(256 * 1024) }))],
  [
    'a body that is cut off',
    (response) => void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
  ],
])('where the endpoint answers with %s the last keys serve on, and the log says so [R6.6]', async (_what, answer) => {
  const endpoint = await jwksEndpoint(a)
  const { enter, clock, lines, faults } = await served(endpoint)
  const ada = await enter(a)
  await ada.welcome()
  endpoint.answer(answer)
  await nextReading(endpoint, clock, REFRESH_SECONDS * 1000, ada)
  await faults(1)
  await (await enter(a, 'bob')).welcome()
  expect(ada.received.some((message) => message.type === 'session.refreshNeeded')).toBe(false)
  const said = JSON.stringify(lines)
  expect(said).toContain('the last ones go on serving')
  for (const secret of [endpoint.url, String(a.jwk.x), '<html>']) expect(said).not.toContain(secret)
})

test('what else is in a set is passed over: its other keys serve', async () => {
  const endpoint = await jwksEndpoint()
  endpoint.answer(
    set({ kty: 'oct', k: 'c2VjcmV0', kid: 'x' }, { ...b.jwk, use: 'enc' }, { ...a.jwk, use: 'sig', alg: 'EdDSA' }),
  )
  const { enter } = await served(endpoint)
  await (await enter(a)).welcome()
})

test('no secret comes from a set: a token signed by one that it holds is unauthorized', async () => {
  const secret = 'a secret that somebody has published'
  const endpoint = await jwksEndpoint()
  endpoint.answer(set(a.jwk, { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'x', alg: 'HS256' }))
  const { connect } = await served(endpoint)
  const token = await handSigned(new TextEncoder().encode(secret), { alg: 'HS256', kid: 'x' })
  expect(await connect('hall', { token }).goodbye()).toMatchObject(UNAUTHORIZED)
})

test('while the endpoint is down a token by an unknown key may be good: unavailable, and when to come again', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, clock, faults } = await served(endpoint)
  await (await enter(a)).welcome()
  clock.advance(COOLDOWN_MS)
  endpoint.answer((response) => void response.writeHead(503).end())
  expect(await (await enter(b, 'bob')).goodbye()).toMatchObject({ ...UNAVAILABLE, retryAfterMs: COOLDOWN_MS })
  await faults(1)
  clock.advance(10_000)
  expect(await (await enter(b, 'bob')).goodbye()).toMatchObject({ ...UNAVAILABLE, retryAfterMs: COOLDOWN_MS - 10_000 })
  expect(endpoint.asked()).toBe(2)
  endpoint.publish(a, b)
  await nextReading(endpoint, clock, COOLDOWN_MS - 10_000)
  await (await enter(b, 'bob')).welcome()
})

test('a server that never had the keys is unavailable, and heals by itself', async () => {
  const endpoint = await jwksEndpoint(a)
  endpoint.answer((response) => void response.writeHead(404).end())
  const { enter, clock, faults } = await served(endpoint)
  expect(await (await enter(a)).goodbye()).toMatchObject(UNAVAILABLE)
  await faults(1)
  endpoint.publish(a)
  await nextReading(endpoint, clock, COOLDOWN_MS)
  await (await enter(a)).welcome()
})

test('cached keys serve until their greatest age, then who comes is unavailable; who is there stays', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, fresh, clock, server } = await served(endpoint)
  const ada = await enter(a)
  await ada.welcome()
  const readAt = clock.now()
  endpoint.answer((response) => void response.writeHead(500).end())
  const passUntil = async (at: number) => {
    while (clock.now() < at) {
      await passTime(clock, Math.min(5000, at - clock.now()), ada)
    }
  }
  await passUntil(readAt + MAX_AGE_SECONDS * 1000)
  await (await enter(a, 'bob')).welcome()
  await passUntil(readAt + MAX_AGE_SECONDS * 1000 + 1)
  expect(await (await enter(a, 'cleo')).goodbye()).toMatchObject(UNAVAILABLE)
  const refused = await ada.ask({ type: 'session.refresh', token: await fresh(a) })
  expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } })
  expect(await ada.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
  expect(server.rooms.stats('hall')?.participants.host).toBeGreaterThan(0)
  endpoint.publish(a)
  await nextReading(endpoint, clock, COOLDOWN_MS, ada)
  await (await enter(a, 'cleo')).welcome()
})

test('where the endpoint hangs, who waits hears so before their 5 s are over; nobody else waits', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, clock } = await served(endpoint)
  await (await enter(a)).welcome()
  clock.advance(COOLDOWN_MS)
  endpoint.answer(() => {})
  const bob = await enter(b, 'bob')
  await expect.poll(endpoint.asked).toBe(2)
  await (await enter(a, 'cleo')).welcome()
  clock.advance(4000)
  expect(await bob.goodbye()).toMatchObject({ ...UNAVAILABLE, retryAfterMs: COOLDOWN_MS - 4000 })
})

test('an answer whose end never comes is given up as well', async () => {
  const endpoint = await jwksEndpoint(a)
  endpoint.answer((response) => void response.writeHead(200).write('{"keys":['))
  const { enter, clock, lines } = await served(endpoint)
  const ada = await enter(a)
  await expect.poll(endpoint.asked).toBe(1)
  clock.advance(4000)
  expect(await ada.goodbye()).toMatchObject(UNAVAILABLE)
  await expect.poll(() => JSON.stringify(lines)).toContain('no answer in time')
})

test('REST is unavailable too while the keys cannot be had', async () => {
  const endpoint = await jwksEndpoint(a)
  endpoint.answer((response) => void response.writeHead(500).end())
  const { url, fresh } = await served(endpoint)
  const headers = { authorization: `Bearer ${await fresh(a)}` }
  expect((await fetch(`${url}/v1/rooms/hall/stats`, { headers })).status).toBe(503)
})

test('a closed server asks no more', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, server, clock } = await served(endpoint)
  await (await enter(a)).welcome()
  await server.close({ deadlineMs: 0 })
  expect(clock.pending.filter((ms) => ms > 120_000)).toEqual([])
})
