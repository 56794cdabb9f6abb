import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { COOLDOWN_MS } from '../../src/auth/jwks'
import { type JwksEndpoint, jwksEndpoint } from '../harness/jwks-endpoint'
import { MAX_AGE_SECONDS, nextReading, REFRESH_SECONDS, served } from '../harness/jwks-server'
import { passTime } from '../harness/passing-time'
import { handSigned, signingPair } from '../harness/signing-keys'

const UNAVAILABLE = { code: 'unavailable', close: 1013 }
const UNAUTHORIZED = { code: 'unauthorized', close: 4401 }

const a = signingPair('EdDSA', 'a')
const b = signingPair('ES256', 'b')

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
  const secret = 'a secret that was published'
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
  const rejected = await ada.ask({ type: 'session.refresh', token: await fresh(a) })
  expect(rejected).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } })
  expect(await ada.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
  expect(server.rooms.stats('hall')?.participants.host).toBeGreaterThan(0)
  endpoint.publish(a)
  await nextReading(endpoint, clock, COOLDOWN_MS, ada)
  await (await enter(a, 'cleo')).welcome()
})

test('where the endpoint hangs, a waiting client is told before its 5 s are over; no other waits', async () => {
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
