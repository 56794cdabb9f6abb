import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'

async function hostAndGuest(options = {}) {
  const running = await runServer(options)
  const host = await running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  return { ...running, host, bob, bobId }
}

test('a kick holds until the room closes: it ends the connection, and a fresh token is no way back [R5.3]', async () => {
  const { host, bob, bobId, enter } = await hostAndGuest()
  expect(await host.ask({ type: 'moderation.kick', participantId: bobId })).toMatchObject({ ok: true })
  expect(await bob.goodbye()).toMatchObject({ code: 'removed', close: 4411 })
  expect(bob.events('participant.left').at(-1)?.logged.event).toMatchObject({ reason: 'removed' })
  const again = await enter('hall', 'bob', { session: bob.hello.session, joinId: bob.hello.joinId, attempt: 2 })
  expect(await again.goodbye()).toMatchObject({ code: 'removed' })
  const asHost = await enter('hall', 'bob', { role: 'host' })
  expect(await asHost.goodbye()).toMatchObject({ code: 'removed' })
})

test('a demotion survives a rejoin, whatever token comes [R5.5]', async () => {
  const { host, bob, bobId, enter } = await hostAndGuest()
  await host.ask({ type: 'moderation.setRole', participantId: bobId, role: 'viewer' })
  expect(await bob.ask({ type: 'leave' })).toMatchObject({ ok: true })
  const again = await enter('hall', 'bob', { role: 'host' })
  const { room, self } = await again.welcome()
  expect(room?.participants.find((each) => each.id === self)).toMatchObject({ role: 'viewer' })
})

test('an ended room says goodbye to everybody, and its id is rejected for 60 s [R1.4]', async () => {
  const clock = new FakeClock()
  const { host, bob, enter } = await hostAndGuest({ clock })
  host.say({ type: 'moderation.endRoom', id: 1 })
  expect(await bob.goodbye()).toMatchObject({ code: 'room_ended', close: 4410 })
  expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
  clock.advance(59_999)
  const early = await enter('hall', 'eve')
  expect(await early.goodbye()).toMatchObject({ code: 'room_ended' })
  clock.advance(1)
  const later = await enter('hall', 'eve')
  expect(await later.welcome()).toMatchObject({ room: { participants: [{ name: 'eve' }] } })
})

test('the server itself can end a room [R1.4]', async () => {
  const { server, host, bob } = await hostAndGuest()
  expect(await server.rooms.end('hall')).toBe('ended')
  expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
  expect(await bob.goodbye()).toMatchObject({ code: 'room_ended' })
  expect(await server.rooms.end('hall')).toBe('absent')
})

test('a lock keeps new people out, and never one who comes back [R1.7]', async () => {
  const { host, bob, bobId, enter } = await hostAndGuest()
  expect(await host.ask({ type: 'moderation.lock' })).toMatchObject({ ok: true })
  const eve = await enter('hall', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'room_locked', close: 4423 })
  const { session, joinId } = bob.hello
  const back = await enter('hall', 'bob', { session, joinId, attempt: 2 })
  expect((await back.welcome()).self).toBe(bobId)
})

test('a room that only a host may open is not there for others [R1.2]', async () => {
  const { enter } = await runServer({ createRooms: 'host' })
  const early = await enter('hall', 'bob')
  expect(await early.goodbye()).toMatchObject({ code: 'room_not_found', close: 4404 })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
})
