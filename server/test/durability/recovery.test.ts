import { evolve } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import type { RoomLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { goingOn, RestartableServer } from '../harness/restartable-server'
import type { Running } from '../harness/running-server'
import { STORES } from '../harness/stores'
import type { TestClient } from '../harness/test-client'

/** A host, a guest and a viewer, who have talked a little. */
async function three({ enter }: Running) {
  const host = await enter('hall', 'ada', { role: 'host' })
  const { instance } = await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  const eve = await enter('hall', 'eve', { role: 'viewer' })
  await eve.welcome()
  await host.ask({ type: 'chat.send', text: 'one' })
  await bob.ask({ type: 'chat.send', text: 'two' })
  await eve.ask({ type: 'stage.request' })
  const { seq } = (await host.event('stage.requested')).logged
  await Promise.all([bob, eve].map((each) => each.event('stage.requested')))
  return { host, bob, eve, instance, seq }
}

const idOf = async (client: TestClient) => (await client.welcome()).self

/** Everything but answers that a client has heard since it is back. */
const heard = (client: TestClient) =>
  client.received.filter(({ type }) => type !== 'welcome' && type !== 'reply' && type !== 'heartbeat')

describe.each(STORES)('killed, and started again with a log %s', (_, storeOf) => {
  function town(options: object = {}) {
    const time = new FakeClock()
    const house = new RestartableServer(storeOf(time), { clock: time, ...options })
    return { clock: time, house }
  }

  test('a wait for a host counts from when the server listens again, and all are told so [R4.7]', async () => {
    const { clock, house } = town()
    const { host, bob, eve } = await three(await house.start())
    await host.ask({ type: 'leave' })
    await Promise.all([bob, eve].map((each) => each.event('room.hostGraceStarted')))
    await house.kill()
    clock.advance(90_000)
    const { connect } = await house.start()
    const until = clock.now() + 60_000
    const comesBack = async (each: TestClient) => connect('hall', { token: each.hello.token, ...(await goingOn(each)) })
    const [back, eveBack] = [await comesBack(bob), await comesBack(eve)]
    await Promise.all([back, eveBack].map((each) => each.welcome()))
    clock.advance(0)
    expect((await back.event('room.hostGraceStarted')).logged.event).toMatchObject({ until })
    await passTime(clock, 59_999, back, eveBack)
    expect(back.events('participant.roleChanged')).toEqual([])
    clock.advance(1)
    expect((await back.event('participant.roleChanged')).logged.event).toMatchObject({
      participantId: await idOf(bob),
      reason: 'succession',
    })
  })

  test('with a durable log the room is whole again after it returns, and no participant seems to have been away [R3.13, R9.4]', async () => {
    const { house } = town()
    const first = await house.start()
    const { host, bob, eve, instance, seq } = await three(first)
    await house.kill()
    const second = await house.start()
    const back = await Promise.all(
      [host, bob, eve].map(async (each) =>
        second.connect('hall', { token: each.hello.token, ...(await goingOn(each)) }),
      ),
    )
    for (const [i, each] of back.entries()) {
      expect(await each.welcome()).toMatchObject({
        self: await idOf([host, bob, eve][i] as TestClient),
        instance,
        seq,
        resumed: true,
        events: [],
        reconnecting: [],
      })
    }
    const [, , viewer] = back
    expect(await viewer?.ask({ type: 'stage.cancel' })).toMatchObject({ ok: true, seq: seq + 1 })
    const newcomer = await second.enter('hall', 'cyd')
    const { room } = await newcomer.welcome()
    expect(room?.participants.map(({ name, role }) => [name, role])).toEqual([
      ['ada', 'host'],
      ['bob', 'guest'],
      ['eve', 'viewer'],
      ['cyd', 'guest'],
    ])
    expect(room?.messages.map(({ text }) => text)).toEqual(['one', 'two'])
    await Promise.all(back.map((each) => each.event('participant.joined')))
    for (const each of back) {
      expect(heard(each).map((m) => (m.type === 'event' ? m.logged.event.type : m.type))).toEqual([
        'stage.requestClosed',
        'participant.joined',
      ])
    }
  })

  test('no logged event is lost or doubled across a resume into another process [R3.4, R3.13]', async () => {
    const { house } = town()
    const first = await house.start()
    const { host, bob } = await three(first)
    const { room: before } = await bob.welcome()
    const upTo = await goingOn(bob)
    bob.cut()
    await host.next('presence')
    for (const text of ['three', 'four']) await host.ask({ type: 'chat.send', text })
    await house.kill()
    const second = await house.start()
    const back = second.connect('hall', { token: bob.hello.token, ...upTo })
    const welcome = await back.welcome()
    expect(welcome.resumed).toBe(true)
    const all = [...bob.events().map(({ logged }) => logged), ...(welcome.events ?? [])]
    const folded = all.reduce((room, event) => evolve(room, event), before)
    expect(folded?.seq).toBe(welcome.seq)
    expect(folded?.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('a command that was answered before is answered as it was then [R3.6]', async () => {
    const { house } = town()
    const first = await house.start()
    const { host } = await three(first)
    const answer = await host.ask({ type: 'chat.send', text: 'once' }, 7)
    const upTo = await goingOn(host)
    await house.kill()
    const second = await house.start()
    const back = second.connect('hall', { token: host.hello.token, ...upTo })
    expect(await back.welcome()).toMatchObject({ lastCommandId: 7 })
    expect(await back.ask({ type: 'chat.send', text: 'once' }, 7)).toEqual(answer)
    const newcomer = await second.enter('hall', 'cyd')
    expect((await newcomer.welcome()).room?.messages.map(({ text }) => text)).toEqual(['one', 'two', 'once'])
  })

  test('killed between the append and the reply, a command has happened once when it is sent again [R3.6, R3.13]', async () => {
    const { house } = town()
    const first = await house.start()
    const { host, seq } = await three(first)
    const upTo = await goingOn(host)
    const killed = house.killedAfter('append')
    host.say({ type: 'chat.send', id: 7, text: 'once' })
    await killed
    expect(host.received.some((m) => m.type === 'reply' && m.re === 7)).toBe(false)
    const second = await house.start()
    const back = second.connect('hall', { token: host.hello.token, ...upTo })
    expect((await back.welcome()).events?.map((each) => each.seq)).toEqual([seq + 1])
    expect(await back.ask({ type: 'chat.send', text: 'once' }, 7)).toMatchObject({ ok: true, seq: seq + 1 })
    const newcomer = await second.enter('hall', 'cyd')
    expect((await newcomer.welcome()).room?.messages.map(({ text }) => text)).toEqual(['one', 'two', 'once'])
  })

  test('a kick holds, a demotion survives a rejoin, a ban is known, and a lock is still locked [R3.13, R5.3, R5.4, R5.5]', async () => {
    const { house } = town()
    const first = await house.start()
    const { host, bob, eve } = await three(first)
    const ben = await first.enter('hall', 'ben')
    await host.ask({ type: 'moderation.setRole', participantId: await idOf(bob), role: 'viewer' })
    await host.ask({ type: 'moderation.kick', participantId: await idOf(eve) })
    await host.ask({ type: 'moderation.ban', participantId: await idOf(ben) })
    await host.ask({ type: 'moderation.lock' })
    await house.kill()
    const second = await house.start()
    for (const out of ['eve', 'ben']) {
      expect(await (await second.enter('hall', out)).goodbye()).toMatchObject({ code: 'removed' })
    }
    expect(await (await second.enter('hall', 'cyd')).goodbye()).toMatchObject({ code: 'room_locked' })
    const { self, room } = await (await second.enter('hall', 'bob', { role: 'cohost' })).welcome()
    expect(room?.participants.find(({ id }) => id === self)).toMatchObject({ role: 'viewer' })
  })

  test('a page that was loaded anew meanwhile returns; the others stay as they are', async () => {
    const { house } = town()
    const first = await house.start()
    const { host, bob, seq } = await three(first)
    await house.kill()
    const second = await house.start()
    const ada = second.connect('hall', { token: host.hello.token, ...(await goingOn(host)) })
    await ada.welcome()
    const reloaded = await second.enter('hall', 'bob', { session: bob.hello.session })
    expect(await reloaded.welcome()).toMatchObject({ self: await idOf(bob), resumed: false })
    expect((await ada.event('participant.returned')).logged).toMatchObject({ seq: seq + 1, by: await idOf(bob) })
    expect(ada.events('participant.left')).toEqual([])
  })

  test('the id of a room that was ended is rejected for the rest of its minute [R1.4]', async () => {
    const { clock, house } = town()
    const first = await house.start()
    await three(first)
    expect(await first.server.rooms.end('hall')).toBe('ended')
    clock.advance(30_000)
    await house.kill()
    const second = await house.start()
    expect(await (await second.enter('hall', 'ada', { role: 'host' })).goodbye()).toMatchObject({ code: 'room_ended' })
    expect(await second.server.rooms.open('hall')).toBe('ended')
    clock.advance(30_000)
    await (await second.enter('hall', 'ada', { role: 'host' })).welcome()
  })

  test('who does not come back is awaited, then reconnecting, then gone: counted from listening [R4.3]', async () => {
    const { clock, house } = town()
    const first = await house.start()
    const { host, bob, eve } = await three(first)
    const lost = [await idOf(bob), await idOf(eve)]
    await house.kill()
    clock.advance(10 * 60_000)
    const second = await house.start()
    const ada = second.connect('hall', { token: host.hello.token, ...(await goingOn(host)) })
    expect(await ada.welcome()).toMatchObject({ reconnecting: [] })
    await passTime(clock, 9_999, ada)
    expect(heard(ada)).toEqual([])
    clock.advance(1)
    for (const participantId of lost) {
      await ada.until((m) => m.type === 'presence' && m.participantId === participantId)
    }
    const cyd = await second.enter('hall', 'cyd')
    expect(await cyd.welcome()).toMatchObject({ reconnecting: lost })
    await passTime(clock, 49_999, ada, cyd)
    expect(ada.events('participant.left')).toEqual([])
    clock.advance(1)
    await ada.until(() => ada.events('participant.left').length === 2)
    for (const { logged } of ada.events('participant.left')) expect(logged.event).toMatchObject({ reason: 'lost' })
  })

  test('a room to which no participant comes back closes by itself', async () => {
    const { clock, house } = town()
    await three(await house.start())
    await house.kill()
    const { server } = await house.start()
    await expect.poll(() => server.rooms.stats('hall')).toMatchObject({ reconnecting: 3 })
    clock.advance(60_000)
    await expect.poll(() => server.rooms.stats('hall')?.participants).toMatchObject({ host: 0, guest: 0, viewer: 0 })
    clock.advance(60_000)
    await expect.poll(() => server.rooms.stats('hall')).toBeUndefined()
  })

  test('an empty room is closed without being loaded; none is loaded needlessly', async () => {
    const time = new FakeClock()
    const store = storeOf(time)
    const loaded: string[] = []
    const counting = (log: RoomLog) =>
      alteredLog(log, {
        load: (roomId) => {
          loaded.push(roomId)
          return log.load(roomId)
        },
      })
    const house = new RestartableServer({ ...store, open: () => counting(store.open()) }, { clock: time })
    const first = await house.start()
    await three(first)
    const alone = await first.enter('closet', 'ada', { role: 'host' })
    await alone.welcome()
    await alone.ask({ type: 'leave' })
    const gone = await first.enter('ended', 'ada', { role: 'host' })
    await gone.welcome()
    await first.server.rooms.end('ended')
    await house.kill()
    loaded.length = 0
    const { server } = await house.start()
    await expect.poll(() => server.rooms.stats('hall')).toBeDefined()
    expect(loaded).toEqual(['hall'])
    expect(server.rooms.stats('closet')).toBeUndefined()
    expect(await server.rooms.end('closet')).toBe('absent')
  })
})
