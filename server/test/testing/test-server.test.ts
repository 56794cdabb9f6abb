// Without faults there is nothing in between that anybody could notice.
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createTestServer } from '../../src/testing/index'
import { rawConnection } from '../harness/raw-connection'
import { heard, openRoom, say } from '../harness/test-room'

test('health, metrics and REST are at the same URL', async () => {
  const { server, enter } = await openRoom()
  await enter('ada')
  const admin = await server.token({ room: 'hall', identity: 'backend', admin: true })
  const headers = { authorization: `Bearer ${admin}` }
  const stats = await fetch(`${server.url}/v1/rooms/hall/stats`, { headers })
  expect(stats.status).toBe(200)
  expect(await stats.json()).toMatchObject({ participants: { host: 1 } })
  expect(server.rooms.stats('hall')?.participants.host).toBe(1)
})

test('closes pass with their codes: a closed tab is gone in 10 s, and the client hears how the server ends', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  bob.socket.close(1001)
  await ada.next('presence')
  await server.clock.advance(10_000)
  expect((await ada.event('participant.left')).logged.event).toMatchObject({ reason: 'left' })
  await server.close()
  expect(await ada.goodbye()).toMatchObject({ code: 'draining', close: 1012 })
})

test('what is no frame reaches the server, which says so', async () => {
  const { enter } = await openRoom()
  const [ada, bob, cyd] = [await enter('ada'), await enter('bob'), await enter('cyd')]
  ada.raw('nonsense')
  bob.raw(Buffer.from('[{"type":"heartbeat"}]'))
  expect(await ada.goodbye()).toMatchObject({ close: 4400 })
  expect(await bob.goodbye()).toMatchObject({ close: 4400 })
  cyd.raw(`["${'x'.repeat(70_000)}"]`)
  expect(await cyd.closed).toBe(1009)
})

test('pings and pongs go through to the other end: a client that answers none is dead to the server', async () => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  const token = await server.token({ room: 'hall', identity: 'bob' })
  const bob = await enter('bob', { token })
  bob.socket.pause()
  await server.clock.advance(35_000)
  expect(await ada.next('presence')).toMatchObject({ presence: 'reconnecting' })
})

test('a slow reader is slow to the server too: its queue fills, and it is let go', async () => {
  const { server, enter } = await openRoom({ limits: { castBurst: 1_000_000, castByteBurst: 1024 ** 3 } })
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const to = [(await bob.welcome()).self]
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to } }
  bob.socket.pause()
  const queued = () => metric(server.url, 'peerstage_queued_bytes')
  const slowConsumers = () => metric(server.url, 'peerstage_rejections_total{reason="slow_consumer"}')
  // The buffers of the operating system take some megabytes before that, on either side; a machine may be so slow about it
  // that the reader has stalled for too long meanwhile.
  while ((await queued()) < 256 * 1024 && (await slowConsumers()) === 0) {
    for (let n = 0; n < 100; n++) ada.say(...Array.from({ length: 8 }, () => cast))
    await ada.roundTrip()
  }
  await server.clock.advance(15_000)
  expect(await slowConsumers()).toBe(1)
})

test('upgrades that the server rejects, or that are not its own, fail for the client too', async () => {
  const { server } = await openRoom({ maxSockets: 1 })
  const failure = (path: string) =>
    new Promise<string>((resolve) => {
      new WebSocket(server.url.replace('http', 'ws') + path, 'peerstage.v1').once('error', ({ message }) =>
        resolve(message),
      )
    })
  expect(await failure('/elsewhere')).toContain('404')
  const first = new WebSocket(`${server.url.replace('http', 'ws')}/v1/rooms/hall`, 'peerstage.v1')
  expect(await failure('/v1/rooms/hall')).toMatch(/503|429/)
  first.terminate()
})

test('a request that offers another protocol is answered as the plain request that it is [R7.15]', async () => {
  const { server } = await openRoom()
  const offer = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n'
  expect(await (await rawConnection(server.url, offer)).answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"status":"live"/)
})

test('an hour passes in a moment, and no participant that is there is lost', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada', { expiresInSeconds: 7200 }), await enter('bob', { expiresInSeconds: 7200 })]
  const before = server.clock.now()
  await server.clock.advance(3_600_000)
  expect(server.clock.now() - before).toBeGreaterThanOrEqual(3_600_000)
  await bob.ask(say('still here'))
  await ada.roundTrip()
  expect(heard(ada)).toEqual(['still here'])
  expect(ada.received.some(({ type }) => type === 'presence')).toBe(false)
})

test('timers go by the machine too when no test advances them', async () => {
  const { server } = await openRoom()
  const fired: string[] = []
  await new Promise<void>((resolve) => {
    const cancel = server.clock.after(1, () => fired.push('cancelled'))
    cancel()
    server.clock.after(20, resolve)
    server.clock.after(10, () => fired.push('earlier'))
  })
  expect(fired).toEqual(['earlier'])
})

test('bad options are told as by the server itself, and closing twice is harmless', async () => {
  await expect(createTestServer({ auth: { secret: 'short' } })).rejects.toThrow('auth.secret')
  const server = await createTestServer()
  await Promise.all([server.close(), server.close()])
  await expect(fetch(server.url)).rejects.toThrow()
})

async function metric(url: string, name: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  const line = lines.find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}
