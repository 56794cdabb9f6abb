// The promises of the design that a client has a part in, in its words. Real server, real sockets.
import { afterEach, expect, test } from 'vitest'
import { systemEnvironment } from '../../src/client/environment'
import type { AnyEvent, LiveStreamClient } from '../../src/index'
import { Bench } from '../harness/bench'
import { FakeClock } from '../harness/fake-clock'
import { RoomHouse } from '../harness/room-house'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function openHouse(options: ConstructorParameters<typeof RoomHouse>[0] = {}): RoomHouse {
  const house = new RoomHouse(options)
  cleanups.push(() => house.close())
  return house
}

/** Every event of a client from now on. */
function eventsOf(client: LiveStreamClient): AnyEvent[] {
  const events: AnyEvent[] = []
  client.on('*', (event) => events.push(event))
  return events
}

const named = <N extends AnyEvent['name']>(events: readonly AnyEvent[], name: N) =>
  events.filter((event): event is Extract<AnyEvent, { name: N }> => event.name === name)

const statusOf = (client: LiveStreamClient) => expect.poll(() => client.state.status)

test('no logged event is lost or doubled across a resume [R3.4]', async () => {
  const house = openHouse()
  const ada = await house.join('Ada')
  const ben = await house.join('Ben')
  const events = eventsOf(ben)
  const said: string[] = []
  const say = async (text: string) => {
    said.push(text)
    await ada.chat.send(text)
  }
  for (const round of [1, 2, 3]) {
    await say(`${round}: before the cut`)
    const offline = house.server.faults.offline({ identity: 'Ben' })
    await statusOf(ben).toBe('reconnecting')
    await say(`${round}: in the dark`)
    await say(`${round}: still dark`)
    offline.lift()
    await statusOf(ben).toBe('joined')
    await say(`${round}: after it`)
  }
  const heard = () => named(events, 'message').map(({ payload }) => payload.message.text)
  await expect.poll(heard).toEqual(said)
  expect(ben.state.messages.map(({ text }) => text)).toEqual(said)
  expect(named(events, 'reconnected').map(({ payload }) => payload.resumed)).toEqual([true, true, true])
})

test('an SDK never evicts itself: a new socket beside an old one that the server still holds is the same session [R2.7]', async () => {
  const house = openHouse()
  const clock = new FakeClock()
  const ada = await house.join('Ada')
  const ben = await house.join('Ben', {}, { ...systemEnvironment, random: () => 0, clock })
  const [self, seenByAda, seenByBen] = [ben.state.self?.id, eventsOf(ada), eventsOf(ben)]

  // The network is gone: not even the client's close reaches the server. After 30 s of silence it takes another socket.
  const stall = house.server.faults.stall({ identity: 'Ben' })
  for (let waited = 0; waited < 30_000; waited += 15_000) clock.advance(15_000)
  clock.advance(0)
  await expect.poll(() => named(seenByBen, 'reconnected')).toHaveLength(1)
  // What the server says to the old socket arrives late, and is no word to the session.
  stall.lift()
  await ben.chat.send('still me')
  await expect.poll(() => ada.state.messages.map(({ text }) => text)).toEqual(['still me'])
  expect(ben.state).toMatchObject({ status: 'joined', self: { id: self } })
  expect(named(seenByBen, 'reconnecting')).toHaveLength(1)
  const names = seenByAda.map(({ name }) => name)
  for (const name of ['participantLeft', 'participantJoined', 'participantReturned']) expect(names).not.toContain(name)
})

test('a superseded SDK never retries [R2.7]', async () => {
  const [bench, line] = await Bench.joined()
  cleanups.push(() => bench.close())
  line.goodbye('superseded')
  await expect
    .poll(() => bench.client.state)
    .toMatchObject({ status: 'left', reason: 'superseded', error: { retryable: false } })
  bench.clock.advance(24 * 3_600_000)
  bench.page.tell('wake')
  expect(bench.clock.waiting).toBe(0)
  expect(bench.server.connections).toHaveLength(1)
})

test('a dead peer is reconnecting and then gone; a lost host is succeeded once [R4.1, R4.2, R4.4]', async () => {
  const house = openHouse()
  await house.url()
  const as = async (name: string, role: 'host' | 'cohost' | 'guest') => ({
    token: await house.server.token({ room: 'test', identity: name, name, role }),
  })
  const ada = await house.join('Ada', await as('Ada', 'host'))
  const ben = await house.join('Ben', await as('Ben', 'cohost'))
  const others = [ben, await house.join('Cyd', await as('Cyd', 'guest'))]
  const adaId = ada.state.self?.id
  const seen = others.map(eventsOf)

  house.server.faults.offline({ identity: 'Ada' })
  for (const client of others) {
    const presence = () => client.state.participants.find(({ id }) => id === adaId)?.presence
    await expect.poll(presence).toBe('reconnecting')
  }
  // A socket that broke without a word is given 60 s.
  await house.server.clock.advance(50_000)
  await ben.chat.send('still waiting')
  for (const client of others) {
    await expect.poll(() => client.state.messages).toHaveLength(1)
    expect(client.state.participants).toHaveLength(3)
  }
  await house.server.clock.advance(10_000)
  for (const client of others) await expect.poll(() => client.state.participants.length).toBe(2)

  for (const events of seen) {
    expect(named(events, 'participantLeft').map(({ payload }) => [payload.participant.name, payload.reason])).toEqual([
      ['Ada', 'lost'],
    ])
    expect(named(events, 'roleChanged').map(({ payload }) => [payload.participant.name, payload.reason])).toEqual([
      ['Ben', 'succession'],
    ])
    expect(named(events, 'hostChanged').map(({ payload }) => [payload.participant?.name, payload.reason])).toEqual([
      ['Ben', 'succession'],
    ])
  }
  for (const client of others)
    expect(client.state.participants.map(({ name, role }) => [name, role])).toEqual([
      ['Ben', 'host'],
      ['Cyd', 'guest'],
    ])
})
