import { DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { HoldQuota } from '../../src/gateway/limits/hold-quota'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { description, descriptionOf } from '../harness/description'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { runServer } from '../harness/running-server'

test('a held connection is verified and has no place; join takes it: welcome, then the reply [R2.8]', async () => {
  const { server, enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  expect(await bob.next('held')).toMatchObject({ limits: { maxParticipants: 20 } })
  expect(server.rooms.stats('hall')?.participants.guest).toBe(0)
  expect(await bob.ask({ type: 'join' })).toMatchObject({ ok: true })
  expect(bob.received.map((message) => message.type)).toEqual(['held', 'welcome', 'reply'])
  expect(server.rooms.stats('hall')?.participants.guest).toBe(1)
})

test('a held connection with a bad token is rejected like any other [R2.8]', async () => {
  const { connect } = await runServer()
  expect(await connect('hall', { intent: 'hold', token: 'nonsense' }).goodbye()).toMatchObject({ code: 'unauthorized' })
})

test('before it has joined it may ask nothing of the room [R2.8]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  expect(await bob.ask({ type: 'chat.send', text: 'hello' })).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  bob.say({ type: 'cast', cast: { type: 'reaction', emoji: '🔥' } })
  expect(await bob.next('rejected')).toMatchObject({ what: 'cast', error: { code: 'forbidden' } })
})

test('a join that could not be kept leaves it held, and can be asked again', async () => {
  const log = failingLog()
  const clock = new FakeClock()
  const { enter } = await runServer({ log, clock })
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  log.broken = true
  expect(await bob.ask({ type: 'join' })).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  log.broken = false
  clock.advance(PROBE_EVERY_MS)
  expect(await bob.ask({ type: 'join' })).toMatchObject({ ok: true })
})

test('it may hold for five minutes, and as long as it likes once it has joined [R2.8]', async () => {
  const clock = new FakeClock()
  const { enter } = await runServer({ clock })
  const idle = await enter('hall', 'bob', { intent: 'hold' })
  const ada = await enter('hall', 'ada', { intent: 'hold', role: 'host' })
  for (const client of [idle, ada]) await client.next('held')
  await ada.ask({ type: 'join' })
  await passTime(clock, 299_999, idle, ada)
  clock.advance(1)
  expect(await idle.goodbye()).toMatchObject({ code: 'verification_timeout' })
  expect(await ada.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('how long it may hold can be set, and is told', async () => {
  const clock = new FakeClock()
  const { enter } = await runServer({ clock, limits: { holdMs: 20_000 } })
  const idle = await enter('hall', 'bob', { intent: 'hold' })
  expect(await idle.next('held')).toMatchObject({ limits: { holdMs: 20_000 } })
  await passTime(clock, 19_999, idle)
  expect(idle.received.some(({ type }) => type === 'goodbye')).toBe(false)
  clock.advance(1)
  expect(await idle.goodbye()).toMatchObject({ code: 'verification_timeout' })
})

test('an identity may hold twice at once; a place or an end makes room for the next', async () => {
  const { enter } = await runServer()
  const hold = (identity: string) => enter('hall', identity, { intent: 'hold', role: 'host' })
  const [first, second] = await Promise.all([hold('ada'), hold('ada')])
  await Promise.all([first.next('held'), second.next('held')])
  expect(await (await hold('ada')).goodbye()).toMatchObject({ code: 'rate_limited', close: 4429 })
  await (await hold('bob')).next('held')
  await first.ask({ type: 'join' })
  const third = await hold('ada')
  await third.next('held')
  await second.ask({ type: 'leave' })
  await second.closed
  await (await hold('ada')).next('held')
})

test('so many may hold in the whole process [R7.8]', () => {
  const quota = new HoldQuota(500)
  const first = quota.acquire('person 0')
  for (let i = 1; i < 500; i++) quota.acquire(`person ${i}`)
  expect(quota.acquire('one more')).toEqual({ ok: false, error: 'holds' })
  if (!first.ok) throw new Error('the first one may hold')
  first.release()
  first.release()
  expect(quota.acquire('one more').ok).toBe(true)
  expect(quota.acquire('yet one more').ok).toBe(false)
})

test('who changes their mind leaves without having been there', async () => {
  const { enter } = await runServer()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  expect(await bob.ask({ type: 'leave' })).toMatchObject({ ok: true })
  expect(await bob.goodbye()).toEqual({ code: undefined, close: 1000 })
})

test('who asks for the place and leaves in one breath is gone at once, and no ghost', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  bob.say({ type: 'join', id: 1 }, { type: 'leave', id: 2 })
  expect(await bob.goodbye()).toEqual({ code: undefined, close: 1000 })
  expect((await host.event('participant.left')).logged.event).toMatchObject({ reason: 'left' })
})

test('who waits outside takes nothing from the chat of those who are in the room [R2.8, R7.5]', async () => {
  const { enter } = await runServer({ clock: new FakeClock() })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const outside = await Promise.all(
    ['bob', 'eve', 'mallory', 'oscar'].map((name) => enter('hall', name, { intent: 'hold' })),
  )
  for (const each of outside) {
    await each.next('held')
    each.say(...Array.from({ length: 10 }, (_, i) => ({ type: 'chat.send', id: i + 1, text: 'let me in' })))
    expect(await each.reply(10)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  }
  for (let i = 0; i < 10; i++) expect(await host.ask({ type: 'chat.send', text: 'hello' })).toMatchObject({ ok: true })
})

test('a held connection may send join as often as others may connect, and is rejected when it has its seat [R2.8]', async () => {
  const { enter } = await runServer({ clock: new FakeClock() })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  // Its hello has cost one of the ten.
  bob.say(...Array.from({ length: 12 }, (_, i) => ({ type: 'join', id: i + 1 })))
  expect(await bob.reply(12)).toMatchObject({ ok: false, error: { code: 'rate_limited' } })
  expect(bob.received.filter(({ type }) => type === 'welcome').length).toBeLessThanOrEqual(9)
  const eve = await enter('hall', 'eve', { intent: 'hold' })
  await eve.next('held')
  expect(await eve.ask({ type: 'join' })).toMatchObject({ ok: true })
  expect(await eve.ask({ type: 'join' })).toMatchObject({ ok: false, error: { code: 'invalid' } })
})

test('join is rejected where the hello has asked for the place', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  expect(await host.ask({ type: 'join' })).toMatchObject({ ok: false, error: { code: 'invalid' } })
})

const OFFER = { type: 'offer', sdp: description(), layout: 1 } as const

test('the offer in its join goes to the participant that the event names, right behind the event [R2.11]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  await bob.ask({ type: 'join', offer: OFFER })
  const { self, seq } = await bob.welcome()
  expect(await host.next('signal')).toMatchObject({ from: self, epoch: { born: seq, n: 0 }, order: 0, body: OFFER })
  expect(host.received.slice(-2)).toMatchObject([{ type: 'event', logged: { seq } }, { type: 'signal' }])
})

test('an offer that is no good is rejected like a signal, and the join is not [R2.11, R9.8]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  const { self } = await host.welcome()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  expect(await bob.ask({ type: 'join', offer: { ...OFFER, sdp: 'v=0' } })).toMatchObject({ ok: true })
  expect(await bob.next('rejected')).toMatchObject({ what: 'signal', to: self, error: { code: 'bad_description' } })
  await bob.roundTrip()
  expect(host.received.some(({ type }) => type === 'signal')).toBe(false)
})

test('an offer that is too long costs the command, not the connection [R2.11]', async () => {
  const { enter } = await runServer()
  const bob = await enter('hall', 'bob', { intent: 'hold' })
  await bob.next('held')
  const offer = { ...OFFER, sdp: descriptionOf(DEFAULT_LIMITS.maxSdpBytes + 1) }
  expect(await bob.ask({ type: 'join', offer })).toMatchObject({ ok: false, error: { code: 'invalid' } })
  expect(await bob.ask({ type: 'join' })).toMatchObject({ ok: true })
})

test('an offer is dropped where there is no edge for it: in an empty room, and of a participant that returns [R2.11]', async () => {
  const { enter } = await runServer()
  const ada = await enter('hall', 'ada', { role: 'host', intent: 'hold' })
  await ada.next('held')
  expect(await ada.ask({ type: 'join', offer: OFFER })).toMatchObject({ ok: true })
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  const again = await enter('hall', 'ada', { role: 'host', intent: 'hold' })
  await again.next('held')
  await again.ask({ type: 'join', offer: OFFER })
  await again.welcome()
  await again.roundTrip()
  expect(
    [...ada.received, ...bob.received, ...again.received].filter(
      ({ type }) => type === 'rejected' || type === 'signal',
    ),
  ).toEqual([])
})
