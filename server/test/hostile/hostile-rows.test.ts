import { connect as openSocket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { assertModernWs } from '../../src/gateway/handshake/socket-server'
import { descriptionOf } from '../harness/description'
import { FakeClock } from '../harness/fake-clock'
import { UPGRADE_HEADERS, upgradeAnswer, upgradeStatus } from '../harness/raw-upgrade'
import { runServer } from '../harness/running-server'
import { newSession, type TestClient } from '../harness/test-client'

async function hostAndGuest(options = {}) {
  const running = await runServer(options)
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId, room } = await bob.welcome()
  return { ...running, host, hostId, bob, bobId, born: room?.edges[0]?.born ?? 0 }
}

const rejectedOf = (client: TestClient) => client.received.flatMap((m) => (m.type === 'rejected' ? [m] : []))

test('tiny fragments: a ws that cannot bound them is rejected at the start', () => {
  expect(() => assertModernWs({ maxPayload: 1, perMessageDeflate: false })).toThrow('8.21')
  expect(() => assertModernWs({ maxFragments: 1, maxBufferedChunks: 1 })).not.toThrow()
})

test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty'])(
  'client-chosen ids live in Map: a room, an identity and a peer by the name %s',
  async (id) => {
    const { enter } = await runServer()
    const ada = await enter(id, id, { role: 'host' })
    const { room } = await ada.welcome()
    expect(room?.participants).toHaveLength(1)
    ada.say({ type: 'signal', to: id, epoch: { born: 1, n: 0 }, order: 0, body: { type: 'restart' } })
    expect(await ada.next('rejected')).toMatchObject({ error: { code: 'peer_not_found' } })
    expect(await ada.ask({ type: 'moderation.kick', participantId: id })).toMatchObject({
      error: { code: 'peer_not_found' },
    })
    expect({}).not.toHaveProperty('role')
  },
)

test('the server stamps who spoke: a signal that claims another sender is a bad message [R5.9]', async () => {
  const { host, hostId, bob, bobId, born } = await hostAndGuest()
  const signal = { type: 'signal', to: bobId, epoch: { born, n: 0 }, order: 0, body: { type: 'restart' } }
  host.say({ ...signal, from: 'another' }, signal)
  await host.roundTrip()
  expect(await bob.next('signal')).toMatchObject({ from: hostId })
  expect(bob.received.filter((m) => m.type === 'signal')).toHaveLength(1)
})

test('nothing is queued for a peer who is reconnecting: the signal is lost, and its sender is not told [R5.10]', async () => {
  const { host, bob, bobId, born, enter } = await hostAndGuest()
  bob.cut()
  await host.next('presence')
  host.say({ type: 'signal', to: bobId, epoch: { born, n: 0 }, order: 0, body: { type: 'restart' } })
  await host.roundTrip()
  expect(rejectedOf(host)).toEqual([])
  const back = await enter('hall', 'bob', { session: bob.hello.session, joinId: bob.hello.joinId, attempt: 2 })
  await back.welcome()
  await back.roundTrip()
  expect(back.received.some((m) => m.type === 'signal')).toBe(false)
})

test('a viewer claims a source: it is rejected, and no client sees it published [R5.11]', async () => {
  const { host, enter } = await hostAndGuest()
  const viewer = await enter('hall', 'eve', { role: 'viewer' })
  await viewer.welcome()
  const sources = { camera: { published: true, muted: false } }
  expect(await viewer.ask({ type: 'media.update', sources })).toMatchObject({ error: { code: 'forbidden' } })
  await host.ask({ type: 'chat.send', text: 'all is well' })
  expect(host.events().map((m) => m.logged.event.type)).not.toContain('media.changed')
})

test('a flood of SDP and ICE: 80 signals to one peer at once, and 64 candidates of one negotiation [R7.4]', async () => {
  const { host, bob, bobId, born } = await hostAndGuest({ clock: new FakeClock() })
  const signal = (body: object, n = 0) => ({ type: 'signal', to: bobId, epoch: { born, n }, order: 0, body })
  const candidate = { type: 'candidate', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }
  for (let i = 0; i < 100; i++) host.say(signal(candidate))
  await host.until(() => rejectedOf(host).length === 36)
  await bob.until(() => bob.received.filter((m) => m.type === 'signal').length === 64)
  expect(rejectedOf(host)[0]).toMatchObject({ what: 'signal', to: bobId, error: { code: 'rate_limited' } })
  host.say(signal({ type: 'restart' }, 1))
  expect(rejectedOf(host)).toHaveLength(36)
})

test('SDP of more than 32 KiB and a candidate of more than 1 KiB are bad messages', async () => {
  const { host, bob, bobId, born } = await hostAndGuest()
  const signal = { type: 'signal', to: bobId, epoch: { born, n: 0 }, order: 0 }
  host.say({ ...signal, body: { type: 'answer', sdp: 'x'.repeat(32 * 1024 + 1) } })
  const candidate = `candidate:${'x'.repeat(1024)}`
  host.say({ ...signal, body: { type: 'candidate', candidate, sdpMid: null, sdpMLineIndex: null } })
  host.say({ ...signal, body: { type: 'answer', sdp: descriptionOf(32 * 1024) } })
  expect(await bob.next('signal')).toMatchObject({ body: { type: 'answer' } })
  expect(bob.received.filter((m) => m.type === 'signal')).toHaveLength(1)
})

test('a chat flood: buckets are of identity and room, so that reconnecting resets nothing [R7.5]', async () => {
  const { bob, enter } = await hostAndGuest({ clock: new FakeClock() })
  for (let i = 0; i < 10; i++) expect(await bob.ask({ type: 'chat.send', text: 'again' })).toMatchObject({ ok: true })
  const { session, joinId } = bob.hello
  const back = await enter('hall', 'bob', { session, joinId, attempt: 2 })
  await back.welcome()
  expect(await back.ask({ type: 'chat.send', text: 'again' })).toMatchObject({ error: { code: 'rate_limited' } })
  const reborn = await enter('hall', 'bob', { session: newSession() })
  await reborn.welcome()
  expect(await reborn.ask({ type: 'chat.send', text: 'again' })).toMatchObject({ error: { code: 'rate_limited' } })
})

test('chat of 2,000 characters in 4 KiB passes; reactions are emoji and nothing else', async () => {
  const { host, bob } = await hostAndGuest()
  expect(await bob.ask({ type: 'chat.send', text: 'é'.repeat(2000) })).toMatchObject({ ok: true })
  bob.say(
    { type: 'cast', cast: { type: 'reaction', emoji: '<b>' } },
    { type: 'cast', cast: { type: 'reaction', emoji: '🔥' } },
  )
  expect(await host.next('cast')).toMatchObject({ cast: { type: 'reaction', emoji: '🔥' } })
})

test('slowloris: a client that sends headers slowly is let go after ten seconds', async () => {
  const { url } = await runServer()
  const { hostname, port } = new URL(url)
  const socket = openSocket({ host: hostname, port: Number(port) })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.write('GET /v1/rooms/hall HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n')
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  await new Promise((resolve) => socket.once('close', resolve))
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
})

test('a connection flood: one /64 of IPv6 is one address, and only the proxy’s own word for it counts [R7.9]', async () => {
  const { url, enter } = await runServer({ maxSocketsPerAddress: 2, trustProxy: 1 })
  const from = (address: string) => ({ 'x-forwarded-for': `198.51.100.9, ${address}` })
  await (await enter('hall', 'ada', { headers: from('2001:db8:0:7::1') })).welcome()
  await (await enter('hall', 'bob', { headers: from('2001:DB8:0:7:ffff:2:3:4') })).welcome()
  const third = await enter('hall', 'eve', { headers: from('2001:db8:0:7:aaaa::1') })
  expect(await third.goodbye()).toMatchObject({ code: 'busy' })
  expect(await upgradeStatus(url, '/v1/rooms/hall', from('2001:db8:0:8::1'))).toBe('upgraded')
  expect(await upgradeStatus(url, '/v1/rooms/hall', { 'x-forwarded-for': '2001:db8:0:7::1, 203.0.113.1' })).toBe(
    'upgraded',
  )
})

test('a connection flood is rejected with a bare 503, the whole process, which says when to come again [R7.9]', async () => {
  const { url, enter } = await runServer({ maxSockets: 1 })
  await (await enter('hall', 'ada')).welcome()
  expect(await upgradeAnswer(url, '/v1/rooms/hall')).toEqual({ status: 503, retryAfter: '5' })
})

test('who shares its address with many hears when to come again, fifty at once, and a flood gets a bare 429 [R7.9] [R7.17]', async () => {
  const { url, enter } = await runServer({ maxSocketsPerAddress: 1, trustProxy: 1 })
  const headers = { 'x-forwarded-for': '203.0.113.1' }
  await (await enter('hall', 'ada', { headers })).welcome()
  const { retryAfterMs, ...goodbye } = await (await enter('hall', 'bob', { headers })).goodbye()
  expect(goodbye).toEqual({ code: 'busy', close: 4503 })
  expect(retryAfterMs).toBeGreaterThanOrEqual(5000)
  expect(retryAfterMs).toBeLessThan(15_000)
  // Who does not answer the close holds its place among the fifty.
  const { hostname, port } = new URL(url)
  const lines = Object.entries({ ...UPGRADE_HEADERS, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const says = `GET /v1/rooms/hall HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`
  const status = () => {
    const socket = openSocket({ host: hostname, port: Number(port) })
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    socket.write(says)
    return new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data).slice(9, 12))))
  }
  expect(await status()).toBe('101')
  await expect.poll(() => Promise.all(Array.from({ length: 100 }, status))).toContain('429')
  expect(await upgradeStatus(url, '/v1/rooms/hall', { 'x-forwarded-for': '203.0.113.2' })).toBe('upgraded')
})

test.each([
  ['a hash', false, /^[0-9a-f]{16}$/],
  ['in the clear, where that is asked for', true, /^203\.0\.113\.1$/],
])('the audit line of a network at its bound names its address: %s [R7.17]', async (_, logAddresses, expected) => {
  const lines: Record<string, unknown>[] = []
  const take = (fields: object) => void lines.push({ ...fields })
  const logger = { debug: take, info: take, warn: take, error: take }
  const { enter } = await runServer({ maxSocketsPerAddress: 1, trustProxy: 1, logAddresses, logger })
  const headers = { 'x-forwarded-for': '203.0.113.1' }
  await (await enter('hall', 'ada', { headers })).welcome()
  await (await enter('hall', 'bob', { headers })).goodbye()
  expect(lines.find(({ reason }) => reason === 'address_full')).toMatchObject({
    audit: true,
    address: expect.stringMatching(expected),
    room: 'hall',
  })
  expect(JSON.stringify(lines).includes('203.0.113.1')).toBe(logAddresses)
})

test('a stolen session key is useless without a valid token of the same identity', async () => {
  const { host, bob, bobId, enter, connect } = await hostAndGuest()
  const { session, joinId } = bob.hello
  expect(await connect('hall', { session, joinId, attempt: 9 }).goodbye()).toMatchObject({ code: 'unauthorized' })
  const thief = await enter('hall', 'eve', { session, joinId, attempt: 9 })
  const answer = await thief.until((m) => m.type === 'welcome' || m.type === 'goodbye')
  expect(answer.type === 'welcome' ? answer.self : undefined).not.toBe(bobId)
  expect(await bob.ask({ type: 'chat.send', text: 'undisturbed' })).toMatchObject({ ok: true })
  await host.event('chat.sent')
})

test('a display name with CRLF, ANSI, bidi, U+2028 and 10 KB is cleaned before anybody sees it [R5.12]', async () => {
  const { server, connect, host } = await hostAndGuest()
  const name = `Eve\r\n\u001b[31m\u202e\u2028\u0000${'x'.repeat(1000)}`
  const token = await server.tokens.sign({ room: 'hall', identity: 'eve', name })
  await connect('hall', { token }).welcome()
  const joined = await host.until(
    (m) => m.type === 'event' && m.logged.event.type === 'participant.joined' && JSON.stringify(m).includes('Eve'),
  )
  expect(joined).toMatchObject({
    logged: { event: { participant: { name: expect.stringMatching(/^Eve ?\[31m ?x{1,60}$/) } } },
  })
  expect(JSON.stringify(joined)).not.toMatch(/\\r|\\n|\\u001b|\u202e|\u2028/)
})

test('HTML and javascript: in chat are stored and sent as the text they are [R5.12]', async () => {
  const { bob, host, enter } = await hostAndGuest()
  const text = '<img src=x onerror=alert(1)> javascript:alert(1) </script>'
  await bob.ask({ type: 'chat.send', text })
  expect((await host.event('chat.sent')).logged.event).toMatchObject({ message: { text } })
  const eve = await enter('hall', 'eve')
  expect((await eve.welcome()).room?.messages).toMatchObject([{ text }])
})
