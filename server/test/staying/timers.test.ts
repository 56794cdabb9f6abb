import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'

test('every timer has a stated bound, and none outlives what it was set for [R7.8]', async () => {
  const clock = new FakeClock()
  const { server, enter } = await runServer({ clock })
  // Nothing is due in an empty room.
  expect(clock.pending).toEqual([])
  const people = await Promise.all(['ada', 'bob', 'eve'].map((identity) => enter('hall', identity, { role: 'host' })))
  await Promise.all(people.map((each) => each.welcome()))
  const waiting = await enter('hall', 'may', { intent: 'hold', expiresInSeconds: 600 })
  await waiting.next('held')
  // A token of an hour, and the half minute that a connection lives on behind it.
  expect(Math.max(...clock.pending)).toBeLessThanOrEqual(3_630_000)
  for (const each of [...people, waiting]) await each.ask({ type: 'leave' })
  await Promise.all([...people, waiting].map((each) => each.closed))
  // Each connection has taken its own along; the room's stays, until it was empty for a minute.
  await expect.poll(() => clock.pending.length).toBe(1)
  clock.advance(60_000)
  await expect.poll(() => server.rooms.stats('hall')).toBeUndefined()
  expect(clock.pending).toEqual([])
})
