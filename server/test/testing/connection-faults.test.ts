import { expect, test } from 'vitest'
import { heard, openRoom, say } from '../harness/test-room'

test.each([
  [4401, 'unauthorized'],
  [4430, 'slow_consumer'],
  [1012, 'draining'],
  [1013, 'unavailable'],
])('close with %i says the goodbye that belongs to it', async (close, code) => {
  const { server, enter } = await openRoom()
  const ada = await enter('ada')
  server.faults.close({ code: close })
  expect(await ada.goodbye()).toMatchObject({ code, close })
})

test('close breaks the connection without a word by default, of one identity only; to the server the client is lost', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  server.faults.close({ identity: 'bob' })
  expect(await bob.goodbye()).toEqual({ code: undefined, close: 1006 })
  expect(await ada.next('presence')).toMatchObject({ presence: 'reconnecting' })
  await server.clock.advance(60_000)
  expect((await ada.event('participant.left')).logged.event).toMatchObject({ reason: 'lost' })
})

test('close without a client, or with no code, is a mistake of the test', async () => {
  const { server, enter } = await openRoom()
  expect(() => server.faults.close({ identity: 'bob' })).toThrow('No client is connected as bob.')
  await enter('bob')
  for (const code of [0, 1004, 1005, 1015, 2000, 5000, 1000.5]) {
    expect(() => server.faults.close({ code }), `${code}`).toThrow(RangeError)
    expect(() => server.faults.closeAt({ direction: 'up', code }), `${code}`).toThrow(RangeError)
  }
})

test('stall is half-open: neither end hears anything, and the server gives the silent client up', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const stall = server.faults.stall({ identity: 'bob' })
  bob.say({ ...say('into the void'), id: 1 })
  await ada.ask(say('is bob there?'))
  await server.clock.advance(30_000)
  expect(await ada.next('presence')).toMatchObject({ presence: 'reconnecting' })
  expect([heard(ada), heard(bob), stall.count]).toEqual([['is bob there?'], [], 1])
  expect(bob.socket.readyState).toBe(bob.socket.OPEN)
})

test('what a stall held back arrives when it is lifted', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const stall = server.faults.stall({ identity: 'bob' })
  await ada.ask(say('one'))
  await ada.ask(say('two'))
  bob.say({ ...say('three'), id: 1 })
  expect(heard(bob)).toEqual([])
  stall.lift()
  await bob.reply(1)
  expect(heard(bob)).toEqual(['one', 'two', 'three'])
})

test('a stalled client takes its place again by another connection, as on another network', async () => {
  const { server, enter } = await openRoom()
  const first = await enter('ada')
  server.faults.stall({ identity: 'ada' })
  const { session, joinId } = first.hello
  const second = await enter('ada', { session, joinId, attempt: 2 })
  expect((await second.welcome()).self).toBe((await first.welcome()).self)
  expect(await second.ask(say('here again'))).toMatchObject({ ok: true })
  expect(first.socket.readyState).toBe(first.socket.OPEN)
})

test('stalled in one direction: what the client says still arrives', async () => {
  const { server, enter } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  server.faults.stall({ identity: 'bob', direction: 'down' })
  bob.say({ ...say('can you hear me?'), id: 1 })
  await expect.poll(() => heard(ada)).toEqual(['can you hear me?'])
  expect(heard(bob)).toEqual([])
})

test('offline breaks connections and rejects new ones until it is lifted', async () => {
  const { server, enter, connect } = await openRoom()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const offline = server.faults.offline({ identity: 'bob' })
  expect(await bob.closed).toBe(1006)
  const token = await server.token({ room: 'hall', identity: 'bob' })
  expect(await connect({ token }).closed).toBe(1006)
  expect(offline.count).toBe(2)
  expect(await ada.ask(say('I am not'))).toMatchObject({ ok: true })
  offline.lift()
  await enter('bob')
})

test('without a token the name says whom a fault is for', async () => {
  const { server, connect } = await openRoom({ dev: true })
  const [ada, bob] = [connect({ name: 'Ada' }), connect({ name: 'Bob' })]
  await ada.welcome()
  await bob.welcome()
  server.faults.close({ identity: 'Bob' })
  expect(await bob.closed).toBe(1006)
  await ada.roundTrip()
})
