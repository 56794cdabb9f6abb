import { expect, test } from 'vitest'
import type { LimitOptions } from '../../src/config/limits'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { runServer } from '../harness/running-server'

async function twoInARoom(limits: LimitOptions = {}) {
  const clock = new FakeClock()
  const running = await runServer({ clock, limits })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await running.enter('hall', 'bob')
  await bob.welcome()
  return { ...running, clock, host, bob }
}

test('a closed tab is gone after 10 s, and not before [R4.2]', async () => {
  const { clock, host, bob } = await twoInARoom()
  bob.socket.close(1001)
  await host.next('presence')
  await passTime(clock, 9_999, host)
  expect(host.events('participant.left')).toEqual([])
  clock.advance(1)
  expect((await host.event('participant.left')).logged.event).toMatchObject({ reason: 'left' })
})

test('a lost connection is gone after 60 s, and not before [R4.2]', async () => {
  const { clock, host, bob } = await twoInARoom()
  bob.cut()
  await host.next('presence')
  await passTime(clock, 59_999, host)
  expect(host.events('participant.left')).toEqual([])
  clock.advance(1)
  expect((await host.event('participant.left')).logged.event).toMatchObject({ reason: 'lost' })
})

test.each([
  ['a closed tab', 'left', { closedTabGraceMs: 20_000 }],
  ['a lost connection', 'lost', { graceMs: 20_000 }],
] as const)('how long %s keeps its place can be set', async (_, reason, limits) => {
  const { clock, host, bob } = await twoInARoom(limits)
  if (reason === 'left') bob.socket.close(1001)
  else bob.cut()
  await host.next('presence')
  await passTime(clock, 19_999, host)
  expect(host.events('participant.left')).toEqual([])
  clock.advance(1)
  expect((await host.event('participant.left')).logged.event).toMatchObject({ reason })
})

test('who comes back in time stays, however long ago the socket was lost [R4.2]', async () => {
  const { clock, host, bob, enter } = await twoInARoom()
  bob.cut()
  await host.next('presence')
  await passTime(clock, 55_000, host)
  const { session, joinId } = bob.hello
  const back = await enter('hall', 'bob', { session, joinId, attempt: 2 })
  await back.welcome()
  await passTime(clock, 60_000, host, back)
  expect(host.events('participant.left')).toEqual([])
})

test('a dead peer is reconnecting within 30 s and gone by a stated bound: 60 s later [R4.1, R4.2]', async () => {
  const { clock, host, bob } = await twoInARoom()
  // A paused socket answers no ping: a dead peer, as the server sees it.
  bob.socket.pause()
  await passTime(clock, 30_000, host)
  expect(await host.next('presence')).toMatchObject({ presence: 'reconnecting' })
  await passTime(clock, 60_000, host)
  expect((await host.event('participant.left')).logged.event).toMatchObject({ reason: 'lost' })
})

test('a newcomer is told who is reconnecting', async () => {
  const { host, bob, enter } = await twoInARoom()
  bob.cut()
  const { participantId } = await host.next('presence')
  const eve = await enter('hall', 'eve')
  expect(await eve.welcome()).toMatchObject({ reconnecting: [participantId] })
})

test.each([
  ['for 60 s', 60_000, {}],
  ['for so long as is set', 3_600_000, { emptyRoomMs: 3_600_000 }],
])('a room that stays empty %s closes; a later join opens a new instance [R1.3]', async (_, ms, limits) => {
  const clock = new FakeClock()
  const { server, enter } = await runServer({ clock, limits })
  const host = await enter('hall', 'ada', { role: 'host' })
  const { instance } = await host.welcome()
  await host.ask({ type: 'leave' })
  await host.closed
  clock.advance(ms - 1)
  expect(server.rooms.stats('hall')).toBeDefined()
  clock.advance(1)
  await expect.poll(() => server.rooms.stats('hall')).toBeUndefined()
  const back = await enter('hall', 'ada', { role: 'host' })
  expect((await back.welcome()).instance).not.toBe(instance)
})
