import { expect, test } from 'vitest'
import type { TestClient } from '../harness/test-client'
import { openRoom, say } from '../harness/test-room'

/** What the end of a token looks like to who does nothing about it. */
const ending = async (client: TestClient) => ({
  asked: client.received.filter(({ type }) => type === 'session.refreshNeeded').length,
  goodbye: await client.goodbye(),
})

test('expireToken leads to what a real end leads to: a question, a grace of 30 s, 4401', async () => {
  const { server, enter } = await openRoom()
  const [real, ordered] = [await enter('ada', { expiresInSeconds: 60 }), await enter('bob')]
  await server.clock.advance(60_000)
  server.faults.expireToken('bob')
  for (const client of [real, ordered]) await client.next('session.refreshNeeded')
  await server.clock.advance(25_000)
  expect(ordered.socket.readyState).toBe(ordered.socket.OPEN)
  await server.clock.advance(6000)
  const [asItIs, asOrdered] = [await ending(real), await ending(ordered)]
  expect(asOrdered).toEqual(asItIs)
  expect(asOrdered).toMatchObject({ asked: 1, goodbye: { code: 'unauthorized', close: 4401 } })
})

test('a fresh token in time, and the session goes on; others are not touched', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  server.faults.expireToken('ada')
  await ada.next('session.refreshNeeded')
  const token = await server.token({ room: 'hall', identity: 'ada', role: 'host' })
  expect(await ada.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  await server.clock.advance(60_000)
  expect(await ada.ask(say('still here'))).toMatchObject({ ok: true })
  expect(bob.received.some(({ type }) => type === 'session.refreshNeeded')).toBe(false)
})

test('the old token is rejected from then on: as a refresh, and at the door', async () => {
  const { server, enter, connect } = await openRoom()
  const ada = await enter('ada')
  server.faults.expireToken('ada')
  const token = ada.hello.token ?? ''
  const rejected = { ok: false, error: { code: 'unauthorized' } }
  expect(await ada.ask({ type: 'session.refresh', token })).toMatchObject(rejected)
  expect(await connect({ token }).goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
})

test('expireToken of who has none is a mistake of the test', async () => {
  const { server, connect } = await openRoom({ dev: true })
  expect(() => server.faults.expireToken('Ada')).toThrow('No client is connected as Ada.')
  await connect({ name: 'Ada' }).welcome()
  expect(() => server.faults.expireToken('Ada')).toThrow('without a token')
})

test('tokens that are made after time was advanced live by the time of the server', async () => {
  const { server, enter } = await openRoom()
  await server.clock.advance(7_200_000)
  expect(await (await enter('ada')).ask(say('in time'))).toMatchObject({ ok: true })
})
