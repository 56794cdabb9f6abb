import { expect, test } from 'vitest'
import { BAD_FRAMES, BAD_MESSAGES } from '../harness/hostile-inputs'
import { runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

async function hostAndGuest() {
  const running = await runServer()
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  return { ...running, host, hostId, bob, bobId }
}

const badFrame = { code: 'bad_frame', close: 4400 }

/** The others in the room have noticed nothing, and the process still answers. */
async function undisturbed(host: TestClient): Promise<void> {
  expect(await host.ask({ type: 'chat.send', text: 'all is well' })).toMatchObject({ ok: true })
}

test('a frame of more than 64 KiB closes its connection before it is read [R7.2]', async () => {
  const { url, host, bob } = await hostAndGuest()
  bob.raw(`["${'x'.repeat(64 * 1024)}"]`)
  expect((await bob.goodbye()).close).toBe(1009)
  await undisturbed(host)
  expect(await (await fetch(`${url}/metrics`)).text()).toContain(
    'peerstage_rejections_total{reason="oversized_frame"} 1',
  )
})

test.each(BAD_FRAMES)('%s is a bad frame [R7.2]', async (_what, frame) => {
  const { host, bob } = await hostAndGuest()
  bob.raw(frame)
  expect(await bob.goodbye()).toEqual(badFrame)
  await undisturbed(host)
})

test('invalid UTF-8 closes its connection', async () => {
  const { host, bob } = await hostAndGuest()
  const text = Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])
  bob.socket.send(text, { binary: false })
  expect((await bob.goodbye()).close).toBe(1007)
  await undisturbed(host)
})

test('very many tiny fragments close the connection', async () => {
  const { host, bob } = await hostAndGuest()
  for (let i = 0; i < 100; i++) bob.socket.send(' ', { fin: false })
  expect((await bob.goodbye()).close).toBe(1008)
  await undisturbed(host)
})

test.each(BAD_MESSAGES)(
  'a message with %s is rejected: two are forgiven, the third ends the connection [R7.3]',
  async (_what, message) => {
    const { host, bob } = await hostAndGuest()
    bob.raw(`[${message}]`)
    bob.raw(`[${message}]`)
    await bob.roundTrip()
    bob.raw(`[${message}]`)
    expect(await bob.goodbye()).toEqual(badFrame)
    await undisturbed(host)
    expect(Object.keys({})).not.toContain('role')
  },
)

test('a bad command whose id can be read is answered by name [R7.3]', async () => {
  const { bob } = await hostAndGuest()
  bob.raw('[{"type":"chat.send","id":41,"text":5}]')
  expect(await bob.reply(41)).toMatchObject({ ok: false, error: { code: 'invalid', retryable: false } })
})

test('an array with 15,000 things wrong gets one short answer, which echoes nothing of it [R7.3]', async () => {
  const { host, bob } = await hostAndGuest()
  const before = bob.received.length
  const to = Array(15_000).fill('"!"').join(',')
  bob.raw(`[{"type":"cast","id":41,"cast":{"type":"data","value":1,"to":[${to}]}}]`)
  await bob.roundTrip()
  const answers = bob.received.slice(before)
  expect(answers).toMatchObject([{ type: 'reply', re: 41, error: { code: 'invalid' } }, { type: 'heartbeat' }])
  expect(JSON.stringify(answers).length).toBeLessThan(500)
  expect(JSON.stringify(answers)).not.toContain('!')
  await undisturbed(host)
})

test('over-long chat is rejected, by characters and by bytes, and never echoed', async () => {
  const { host, bob } = await hostAndGuest()
  expect(await bob.ask({ type: 'chat.send', text: 'x'.repeat(2001) })).toMatchObject({ error: { code: 'invalid' } })
  expect(await bob.ask({ type: 'chat.send', text: '€'.repeat(1400) })).toMatchObject({ error: { code: 'invalid' } })
  expect(JSON.stringify(bob.received)).not.toContain('xxxx')
  await undisturbed(host)
})

test('app data of more than 8 KiB is rejected', async () => {
  const { bob } = await hostAndGuest()
  bob.say({ type: 'cast', cast: { type: 'data', value: 'x'.repeat(8192) } })
  expect(await bob.next('rejected')).toMatchObject({ what: 'cast', error: { code: 'payload_too_large' } })
})

test('a signal to the sender itself, to an unknown target, or without an edge gets one and the same answer [R5.10]', async () => {
  const { host, bob, bobId, enter } = await hostAndGuest()
  const other = await enter('elsewhere', 'eve', { role: 'host' })
  const { self: elsewhere } = await other.welcome()
  const signal = { type: 'signal', epoch: { born: 1, n: 0 }, order: 0, body: { type: 'restart' } }
  for (const to of [bobId, 'unknown', elsewhere]) bob.say({ ...signal, to })
  await bob.roundTrip()
  await bob.until(() => bob.received.filter((m) => m.type === 'rejected').length === 3)
  const errors = bob.received.flatMap((m) => (m.type === 'rejected' ? [m.error] : []))
  expect(errors[0]).toMatchObject({ code: 'peer_not_found' })
  expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1)
  await undisturbed(host)
  expect(other.received.some((m) => m.type === 'signal')).toBe(false)
})

test('a guest may not moderate', async () => {
  const { host, hostId, bob } = await hostAndGuest()
  expect(await bob.ask({ type: 'moderation.kick', participantId: hostId })).toMatchObject({
    ok: false,
    error: { code: 'forbidden' },
  })
  await undisturbed(host)
})

test('what is sent behind the goodbye is not read', async () => {
  const { host, bob } = await hostAndGuest()
  bob.raw('[]')
  bob.say({ type: 'chat.send', id: 1, text: 'too late' })
  expect(await bob.goodbye()).toEqual(badFrame)
  await undisturbed(host)
  expect(host.events('chat.sent')).toHaveLength(1)
})

test('sixteen sockets that send noise at once end one by one, and the room goes on [R7.1]', async () => {
  const { host, enter } = await hostAndGuest()
  const noise = ['\u0000', '[1,2,3,4]', '[[[]]]', '[{}]', '{"a":[{"b":', '[{"type":"signal"}]', '[null,null,null]', '"']
  const clients = await Promise.all(
    Array.from({ length: 16 }, (_, i) => enter('noise', `person ${i}`, { role: 'host' })),
  )
  await Promise.all(clients.map((client) => client.welcome()))
  clients.forEach((client, i) => {
    for (let k = 0; k < 3; k++) client.raw(noise[i % noise.length] ?? '')
  })
  for (const client of clients) expect(await client.goodbye()).toEqual(badFrame)
  await undisturbed(host)
})
