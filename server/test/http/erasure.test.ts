import { request } from 'node:http'
import type { ChatHistoryResult } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { memoryLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { type Running, runServer } from '../harness/running-server'
import { STORES } from '../harness/stores'

type Bearer = { room?: string; admin?: boolean; role?: 'host' }

/** What a backend does with a token: by default an admin's for all rooms. */
function backend({ url, server }: Running) {
  return async (method: string, path: string, bearer: Bearer = { admin: true }) => {
    const token = await server.tokens.sign({ room: '*', identity: 'boss', ...bearer })
    const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, body: (await response.json()) as unknown }
  }
}

async function hall(options: object = {}) {
  const running = await runServer({ limits: { chatBurst: 1000, roomChatBurst: 1000 }, ...options })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  await host.ask({ type: 'chat.send', text: 'hers' })
  await bob.ask({ type: 'chat.send', text: 'his' })
  const ask = backend(running)
  const chat = async (room: string, query = '') =>
    (await ask('GET', `/v1/rooms/${room}/chat${query}`)).body as ChatHistoryResult
  const texts = async (room = 'hall') => (await chat(room)).messages.map(({ text }) => text)
  return { ...running, ask, chat, texts, host, bob, bobId }
}

test.each(STORES)(
  'a room is erased %s, open or not: it ends, and nothing of its chat and bans is left',
  async (_, storeOf) => {
    const clock = new FakeClock()
    const { ask, texts, enter, host, bobId } = await hall({ clock, log: storeOf(clock).open() })
    await host.ask({ type: 'moderation.ban', participantId: bobId })
    expect(await ask('DELETE', '/v1/rooms/hall')).toEqual({ status: 200, body: { erased: true } })
    expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
    expect(await texts()).toEqual([])
    expect(await ask('DELETE', '/v1/rooms/hall')).toEqual({ status: 200, body: { erased: true } })
    // That it ended is erased too: the id is free.
    const back = await enter('hall', 'bob', { role: 'host' })
    expect((await back.welcome()).room?.messages).toEqual([])
  },
)

test('who comes while a room is erased waits, and finds another one', async () => {
  const log = memoryLog()
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const slow = alteredLog(log, { eraseRoom: async (roomId) => gate.then(() => log.eraseRoom(roomId)) })
  const { ask, enter, host } = await hall({ log: slow })
  const { instance } = await host.welcome()
  const erased = ask('DELETE', '/v1/rooms/hall')
  await host.goodbye()
  const back = await enter('hall', 'ada', { role: 'host' })
  await back.opened
  expect((await ask('GET', '/v1/rooms/hall/stats')).status).toBe(404)
  goOn()
  expect((await erased).status).toBe(200)
  const welcome = await back.welcome()
  expect(welcome.instance).not.toBe(instance)
  expect(welcome.room?.messages).toEqual([])
})

test.each(STORES)(
  'an identity is erased %s from all rooms: it is gone, and so is what it wrote',
  async (_, storeOf) => {
    const clock = new FakeClock()
    const { server, enter, ask, texts, host, bob, bobId } = await hall({ clock, log: storeOf(clock).open() })
    const elsewhere = await enter('other', 'bob', { role: 'host' })
    await elsewhere.welcome()
    await elsewhere.ask({ type: 'chat.send', text: 'long ago' })
    await elsewhere.ask({ type: 'chat.send', text: 'his too' })
    expect(await ask('DELETE', '/v1/identities/bob')).toEqual({ status: 200, body: { messages: 3 } })
    for (const client of [bob, elsewhere])
      expect(await client.goodbye()).toMatchObject({ code: 'removed', close: 4411 })
    expect((await host.event('participant.left')).logged).toMatchObject({
      by: null,
      event: { participantId: bobId, reason: 'removed' },
    })
    await host.event('chat.deleted')
    expect([await texts(), await texts('other')]).toEqual([['hers'], []])
    expect(await server.identities.erase('bob')).toEqual({ ok: true, messages: 0 })
    const newcomer = await enter('hall', 'cyd')
    expect(JSON.stringify(await newcomer.welcome())).not.toMatch(/bob|his/)
  },
)

const STRANGE = [
  'a/b',
  '../x',
  'a b+c',
  '50%',
  '%2F',
  '?x=1#y',
  'ada@example.com',
  'Zoë',
  '名前🎤',
  'a\\b',
  'x'.repeat(256),
]

test.each(STRANGE)('an identity may hold any characters: %s', async (identity) => {
  const { enter, ask } = await hall()
  const client = await enter('hall', identity)
  await client.welcome()
  await client.ask({ type: 'chat.send', text: 'mine' })
  expect(await ask('DELETE', `/v1/identities/${encodeURIComponent(identity)}`)).toEqual({
    status: 200,
    body: { messages: 1 },
  })
})

test.each(['%ff', '%', '%ed%a0%bd', 'x'.repeat(257)])('what is no identity is rejected: %s', async (segment) => {
  const { ask } = await hall()
  expect(await ask('DELETE', `/v1/identities/${segment}`)).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid' } },
  })
})

test('dots are no identity in a path, encoded or not: they never lead to another one', async () => {
  const { url, server, texts } = await hall()
  const authorization = `Bearer ${await server.tokens.sign({ room: '*', identity: 'boss', admin: true })}`
  for (const path of ['/v1/identities/..', '/v1/identities/bob/..', '/v1/identities/bob/%2e', '/v1/identities/']) {
    const status = await new Promise((resolve) => {
      request(url, { method: 'DELETE', path, headers: { authorization } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(404)
  }
  expect(await texts()).toEqual(['hers', 'his'])
})

test('only admins erase, and read all chat; an identity only admins of all rooms [R6.10]', async () => {
  const { ask, host, texts } = await hall()
  const asHost: Bearer = { room: 'hall', role: 'host' }
  const asAdmin: Bearer = { room: 'hall', admin: true }
  for (const [method, path] of [
    ['DELETE', '/v1/rooms/hall'],
    ['GET', '/v1/rooms/hall/chat'],
    ['DELETE', '/v1/identities/bob'],
  ] as const) {
    expect((await ask(method, path, asHost)).status).toBe(401)
    expect((await ask(method, path, {})).status).toBe(401)
  }
  expect((await ask('DELETE', '/v1/identities/bob', asAdmin)).status).toBe(401)
  expect((await ask('DELETE', '/v1/rooms/other', asAdmin)).status).toBe(401)
  expect(await texts()).toEqual(['hers', 'his'])
  expect((await ask('DELETE', '/v1/rooms/hall', asAdmin)).status).toBe(200)
  expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
})

test('while the log is down nothing is half erased that a repeat does not finish', async () => {
  const log = failingLog()
  const clock = new FakeClock()
  const { ask, texts, bob } = await hall({ log, clock })
  log.broken = true
  for (const path of ['/v1/identities/bob', '/v1/rooms/hall']) {
    expect(await ask('DELETE', path)).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
  }
  expect((await ask('GET', '/v1/rooms/hall/chat')).status).toBe(503)
  log.broken = false
  clock.advance(PROBE_EVERY_MS)
  expect(await texts()).toEqual(['hers', 'his'])
  expect(await ask('DELETE', '/v1/identities/bob')).toEqual({ status: 200, body: { messages: 1 } })
  expect(await bob.goodbye()).toMatchObject({ code: 'removed' })
  expect((await ask('DELETE', '/v1/rooms/hall')).status).toBe(200)
  expect(await texts()).toEqual([])
})

test('a failure in the middle leaves the rest to the next call', async () => {
  const clock = new FakeClock()
  const log = memoryLog(clock)
  const disk = failingLog(log)
  let isSound = false
  const failing = alteredLog(disk, {
    messagesOf: async (identity) => {
      disk.broken = !isSound
      return log.messagesOf(identity)
    },
  })
  const { ask, texts, bob } = await hall({ log: failing, clock })
  expect((await ask('DELETE', '/v1/identities/bob')).status).toBe(503)
  expect(await bob.goodbye()).toMatchObject({ code: 'removed' })
  isSound = true
  disk.broken = false
  clock.advance(PROBE_EVERY_MS)
  expect(await texts()).toEqual(['hers', 'his'])
  expect(await ask('DELETE', '/v1/identities/bob')).toEqual({ status: 200, body: { messages: 1 } })
  expect(await texts()).toEqual(['hers'])
})

test('an admin reads what was said in a room id, page by page', async () => {
  const { ask, chat, host } = await hall()
  await host.ask({ type: 'chat.send', text: 'more' })
  const newest = await chat('hall', '?limit=2')
  expect(newest).toMatchObject({ messages: [{ text: 'his' }, { text: 'more' }], hasMore: true })
  const older = await chat('hall', `?before=${newest.messages[0]?.id}`)
  expect(older).toMatchObject({ messages: [{ text: 'hers', name: 'ada' }], hasMore: false })
  const { status, body } = await ask('GET', '/v1/rooms/hall/chat?before=unknown')
  expect({ status, body }).toMatchObject({ status: 404, body: { error: { code: 'message_not_found' } } })
  for (const limit of ['0', '101', '-1', '1.5', 'all', ''])
    expect((await ask('GET', `/v1/rooms/hall/chat?limit=${limit}`)).status).toBe(400)
})

test('an app erases from the inside; what is no id is told so', async () => {
  const { server, host } = await hall()
  expect(await server.identities.erase('bob')).toEqual({ ok: true, messages: 1 })
  expect(await server.rooms.erase('hall')).toBe('erased')
  expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
  await expect(server.rooms.erase('a room')).rejects.toThrow(TypeError)
  for (const none of ['', 'x'.repeat(257), 'ada \ud83d']) {
    await expect(server.identities.erase(none)).rejects.toThrow('An identity is a text of 1 to 256 characters')
  }
})
