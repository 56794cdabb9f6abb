import type { ServerMessageOf } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { descriptionOf } from '../harness/description'
import { FakeClock } from '../harness/fake-clock'
import { goingOn } from '../harness/restartable-server'
import { runServer } from '../harness/running-server'
import { rejections } from '../harness/scrape'
import type { TestClient } from '../harness/test-client'

// The buffers of the operating system take some megabytes before a reader shows to be slow.
const FILLING_BYTES = 12 * 1024 * 1024
const CAST_BYTES = 8000
const CASTS_IN_A_FRAME = 8

/** A room with a guest that reads nothing, and whose socket is full of casts. No time passes by itself. */
async function roomWithSlowReader() {
  const clock = new FakeClock()
  const casts = { castBurst: 1_000_000, castByteBurst: 1024 ** 3 }
  const limits = { ...casts, chatBurst: 1000, roomChatBurst: 1000, commandBurst: 1000, pairByteBurst: 1024 ** 2 }
  const running = await runServer({ clock, limits })
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

/** Sends it more than its queue takes, and nothing of it may be dropped: signals. */
function fill(guest: TestClient, slowId: string): void {
  const body = { type: 'offer', sdp: descriptionOf(30_000), layout: 1 }
  for (let order = 0; order < 8; order++) {
    guest.say({ type: 'signal', to: slowId, epoch: { born: 1, n: 0 }, order, body })
  }
}

const textsOf = (events: readonly Pick<ServerMessageOf<'event'>, 'logged'>[]) =>
  events.flatMap(({ logged: { event } }) => (event.type === 'chat.sent' ? [event.message.text] : []))

const isGone = (host: TestClient) => host.received.some((m) => m.type === 'presence' && m.presence === 'reconnecting')

test('casts alone never end a slow connection: they are dropped [R7.6]', async () => {
  const { host } = await roomWithSlowReader()
  expect(isGone(host)).toBe(false)
})

test('a stalled reader leaves the others alone: its queue has a bound, there it is let go, and the others get everything [R7.6]', async () => {
  const { host, slowId, enter } = await roomWithSlowReader()
  const guests = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => enter('hall', `guest ${i}`)))
  await Promise.all(guests.map((guest) => guest.welcome()))
  for (const guest of guests) fill(guest, slowId)
  const gone = await host.next('presence')
  expect(gone).toMatchObject({ participantId: slowId, presence: 'reconnecting' })
  const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`)
  for (const text of texts) expect(await host.ask({ type: 'chat.send', text })).toMatchObject({ ok: true })
  for (const guest of guests) {
    await guest.until(() => guest.events('chat.sent').length === texts.length)
    expect(textsOf(guest.events('chat.sent'))).toEqual(texts)
  }
})

test('who was let go for stalling comes back, and gets what it missed [R3.4, R7.6]', async () => {
  const { url, host, slow, slowId, enter } = await roomWithSlowReader()
  const guests = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => enter('hall', `guest ${i}`)))
  await Promise.all(guests.map((guest) => guest.welcome()))
  const before = Array.from({ length: 20 }, (_, i) => `before ${i}`)
  for (const text of before) await host.ask({ type: 'chat.send', text })
  for (const guest of guests) fill(guest, slowId)
  await host.next('presence')
  expect(await rejections(url, 'slow_consumer')).toBe(1)
  for (const text of ['after 1', 'after 2']) await host.ask({ type: 'chat.send', text })
  slow.socket.resume()
  // It had 2 s to read its goodbye; on a busy machine the socket was cut before.
  expect([4430, 1006]).toContain(await slow.closed)
  const back = await enter('hall', 'slow', await goingOn(slow))
  const { resumed, self, events = [] } = await back.welcome()
  expect({ resumed, self }).toEqual({ resumed: true, self: slowId })
  const missed = events.map((logged) => ({ logged }))
  expect(textsOf([...slow.events('chat.sent'), ...missed])).toEqual([...before, 'after 1', 'after 2'])
})

test('a reader that takes nothing for 10 s is let go, before it could count as dead [R7.6]', async () => {
  const { host, clock } = await roomWithSlowReader()
  clock.advance(10_000)
  await host.roundTrip()
  clock.advance(5_000)
  await host.next('presence')
})
