import { expect, test } from 'vitest'
import { runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

/** How many got in and how many were sent away as the room was full. */
async function outcome(clients: readonly TestClient[]): Promise<{ in: number; full: number }> {
  const answers = await Promise.all(
    clients.map((client) => client.until((m) => m.type === 'welcome' || m.type === 'goodbye')),
  )
  const full = answers.filter((answer) => answer.type === 'goodbye' && answer.code === 'room_full').length
  return { in: answers.filter((answer) => answer.type === 'welcome').length, full }
}

const crowd = (enter: (i: number) => Promise<TestClient>) =>
  Promise.all(Array.from({ length: 100 }, (_, i) => enter(i)))

test('20 means 20 under 100 simultaneous joins [R1.5]', async () => {
  const { server, enter } = await runServer()
  // All of them may host: no seat is kept for a host that is not there.
  const clients = await crowd((i) => enter('hall', `person ${i}`, { role: 'host' }))
  expect(await outcome(clients)).toEqual({ in: 20, full: 80 })
  expect(server.rooms.stats('hall')?.participants.host).toBe(20)
})

test('20 means 20 in dev mode: the first one is host, so no place is kept [R1.5]', async () => {
  const { connect } = await runServer({ dev: true })
  const clients = await crowd(async () => connect('hall'))
  expect(await outcome(clients)).toEqual({ in: 20, full: 80 })
})

test('100 viewers without a host fill 19 places, and the twentieth is the host’s [R1.5, R1.6]', async () => {
  const { enter } = await runServer()
  const clients = await crowd((i) => enter('hall', `person ${i}`, { role: 'viewer' }))
  expect(await outcome(clients)).toEqual({ in: 19, full: 81 })
  const viewer = await enter('hall', 'one more', { role: 'viewer' })
  const reason = 'The room is full: its last seat is kept for a host.'
  expect(await viewer.until(({ type }) => type === 'goodbye')).toMatchObject({ code: 'room_full', reason })
  const host = await enter('hall', 'ada', { role: 'host' })
  expect((await host.welcome()).room?.participants).toHaveLength(20)
  const late = await enter('hall', 'another host', { role: 'host' })
  expect(await late.goodbye()).toMatchObject({ code: 'room_full', close: 4413 })
})

test('a reconnecting participant keeps its seat [R1.5]', async () => {
  const { enter } = await runServer({ limits: { maxParticipants: 2 } })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  bob.cut()
  await host.next('presence')
  const eve = await enter('hall', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'room_full' })
})

test('20 means 20: one’s own ghost is taken over in a full room, under either policy, and frees no place for another [R1.5, R1.8]', async () => {
  for (const duplicateSessions of ['replace', 'reject'] as const) {
    const { enter } = await runServer({ duplicateSessions, limits: { maxParticipants: 2 } })
    const host = await enter('hall', 'ada', { role: 'host' })
    await host.welcome()
    const bob = await enter('hall', 'bob')
    const { self } = await bob.welcome()
    bob.cut()
    await host.next('presence')
    const again = await enter('hall', 'bob')
    expect((await again.welcome()).self).toBe(self)
    expect(await (await enter('hall', 'eve')).goodbye()).toMatchObject({ code: 'room_full' })
    expect(host.events('participant.left')).toEqual([])
  }
})
