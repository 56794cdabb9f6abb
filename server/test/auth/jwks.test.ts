import { expect, test } from 'vitest'
import { COOLDOWN_MS } from '../../src/auth/jwks'
import { jwksEndpoint } from '../harness/jwks-endpoint'
import { nextReading, REFRESH_SECONDS, served } from '../harness/jwks-server'
import { passTime } from '../harness/passing-time'
import { signedBy, signingPair } from '../harness/signing-keys'

const UNAUTHORIZED = { code: 'unauthorized', close: 4401 }

const a = signingPair('EdDSA', 'a')
const b = signingPair('ES256', 'b')

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

test('a closed server asks no more', async () => {
  const endpoint = await jwksEndpoint(a)
  const { enter, server, clock } = await served(endpoint)
  await (await enter(a)).welcome()
  await server.close({ deadlineMs: 0 })
  expect(clock.pending.filter((ms) => ms > 120_000)).toEqual([])
})
