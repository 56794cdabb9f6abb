import { expect, test } from 'vitest'
import { FakeClock } from '../fakes/fake-clock'
import { runServer } from './running-server'
import type { TestClient } from './test-client'

// The buffers of the operating system take some megabytes before a reader shows to be slow.
const FILLING_BYTES = 12 * 1024 * 1024
const CAST_BYTES = 8000
const CASTS_IN_A_FRAME = 8

/** A room with a guest that reads nothing, and whose socket is full of casts. No time passes by itself. */
async function roomWithSlowReader() {
  const clock = new FakeClock()
  const running = await runServer({ clock, limits: { castBurst: 1_000_000 } })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const slow = await running.enter('hall', 'slow')
  const { self: slowId } = await slow.welcome()
  slow.socket.pause()
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(CAST_BYTES), to: [slowId] } }
  const frame = Array.from({ length: CASTS_IN_A_FRAME }, () => cast)
  for (let sent = 0; sent < FILLING_BYTES; sent += CASTS_IN_A_FRAME * CAST_BYTES) {
    host.say(...frame)
  }
  await host.roundTrip()
  return { ...running, clock, host, hostId, slow, slowId }
}

const isGone = (host: TestClient) => host.received.some((m) => m.type === 'presence' && m.presence === 'reconnecting')

test('casts alone never end a slow connection: they are dropped [R7.6]', async () => {
  const { host } = await roomWithSlowReader()
  expect(isGone(host)).toBe(false)
})

test('a stalled reader leaves the others alone: its queue has a bound, there it is let go, and the others get everything [R7.6]', async () => {
  const { host, slowId, enter } = await roomWithSlowReader()
  const guests = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => enter('hall', `guest ${i}`)))
  const body = { kind: 'offer', sdp: 'x'.repeat(30_000), layout: 1 }
  for (const guest of guests) {
    await guest.welcome()
    for (let order = 0; order < 8; order++) {
      guest.say({ type: 'signal', to: slowId, epoch: { born: 1, n: 0 }, order, body })
    }
  }
  const gone = await host.next('presence')
  expect(gone).toMatchObject({ participantId: slowId, presence: 'reconnecting' })
  expect(await host.ask({ type: 'chat.send', text: 'all is well' })).toMatchObject({ ok: true })
  for (const guest of guests) await guest.event('chat.sent')
})

test('a reader that takes nothing for 10 s is let go, before it could count as dead [R7.6]', async () => {
  const { host, clock } = await roomWithSlowReader()
  clock.advance(10_000)
  await host.roundTrip()
  clock.advance(5_000)
  await host.next('presence')
})
