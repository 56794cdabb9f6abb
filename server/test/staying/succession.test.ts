import type { Role } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

const successions = (witness: TestClient) =>
  witness
    .events('participant.roleChanged')
    .map(({ logged }) => logged.event)
    .filter((event) => event.type === 'participant.roleChanged' && event.reason === 'succession')

async function panel(...people: [identity: string, role: Role][]) {
  const clock = new FakeClock()
  const running = await runServer({ clock })
  const clients = new Map<string, { client: TestClient; id: string }>()
  for (const [identity, role] of people) {
    const client = await running.enter('hall', identity, { role })
    clients.set(identity, { client, id: (await client.welcome()).self })
  }
  const of = (identity: string) => {
    const found = clients.get(identity)
    if (found === undefined) throw new Error(`${identity} is not here`)
    return found
  }
  return { ...running, clock, of }
}

test('a lost host is succeeded once, by rule, though half the room is lost with it: by a cohost who is there [R4.4]', async () => {
  const people = ['host', 'first', 'second', 'guest', 'eve'] as const
  const { clock, of } = await panel(
    ['host', 'host'],
    ['first', 'cohost'],
    ['second', 'cohost'],
    ['guest', 'guest'],
    ['eve', 'viewer'],
  )
  const [host, first, second, guest, eve] = people.map((name) => of(name))
  if (!host || !first || !second || !guest || !eve) throw new Error('a participant is missing')
  for (const { client } of [host, first, guest]) client.cut()
  await eve.client.until(() => eve.client.received.filter(({ type }) => type === 'presence').length === 3)
  await passTime(clock, 60_000, second.client, eve.client)
  await eve.client.until(() => eve.client.events('participant.left').length === 3)
  expect(successions(eve.client)).toEqual([
    { type: 'participant.roleChanged', participantId: second.id, role: 'host', reason: 'succession' },
  ])
})

test('a lost host is succeeded once, by rule: else by the guest of longest standing, 60 s later; a returning host is host again [R4.4, R4.5]', async () => {
  const { clock, enter, of } = await panel(['ada', 'host'], ['bob', 'guest'], ['cyd', 'guest'], ['eve', 'viewer'])
  const [bob, eve] = [of('bob'), of('eve')]
  await of('ada').client.ask({ type: 'leave' })
  const { logged } = await eve.client.event('room.hostGraceStarted')
  expect(logged.event).toMatchObject({ until: clock.now() + 60_000 })
  await passTime(clock, 59_999, bob.client, of('cyd').client, eve.client)
  expect(successions(eve.client)).toEqual([])
  clock.advance(1)
  await eve.client.event('participant.roleChanged')
  expect(successions(eve.client)).toMatchObject([{ participantId: bob.id, role: 'host' }])
  const ada = await enter('hall', 'ada', { role: 'host' })
  const { room, self } = await ada.welcome()
  expect(room?.participants.find(({ id }) => id === self)?.role).toBe('host')
  expect(successions(eve.client)).toHaveLength(1)
})

test('a lost host is succeeded by none where only viewers are left; a returning host token is host again [R4.4, R4.5]', async () => {
  const { server, clock, enter, of } = await panel(['ada', 'host'], ['eve', 'viewer'])
  await of('ada').client.ask({ type: 'leave' })
  await passTime(clock, 60_000, of('eve').client)
  await of('eve').client.event('room.hostGraceEnded')
  expect(server.rooms.stats('hall')?.participants).toEqual({ host: 0, cohost: 0, guest: 0, viewer: 1 })
  const { room, self } = await (await enter('hall', 'ada', { role: 'host' })).welcome()
  expect(room?.participants.find(({ id }) => id === self)?.role).toBe('host')
  expect(successions(of('eve').client)).toEqual([])
})

test("a host that opens a second tab with a guest's token does not lose the room to another, and has it again [R4.5, R4.6]", async () => {
  const { clock, enter, of } = await panel(['ada', 'host'], ['bob', 'viewer'], ['cyd', 'cohost'])
  const [ada, bob, cyd] = [of('ada'), of('bob'), of('cyd')]
  await bob.client.ask({ type: 'stage.request' })
  await ada.client.ask({ type: 'stage.approve', participantId: bob.id })
  const second = await enter('hall', 'ada', { role: 'guest' })
  expect((await second.welcome()).self).toBe(ada.id)
  expect(await ada.client.closed).toBe(4409)
  await bob.client.event('room.hostGraceStarted')
  await passTime(clock, 59_999, bob.client, cyd.client, second)
  expect(successions(bob.client)).toEqual([])
  const third = await enter('hall', 'ada', { role: 'host' })
  await third.event('participant.returned')
  const back = { participantId: ada.id, role: 'host', reason: 'token' }
  expect((await third.event('participant.roleChanged')).logged.event).toMatchObject(back)
  await passTime(clock, 60_000, bob.client, cyd.client, third)
  expect(third.events('room.hostGraceEnded')).toEqual([])
  expect(successions(bob.client)).toEqual([])
})
