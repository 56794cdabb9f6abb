import { expect, test } from 'vitest'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { type EnterOptions, runServer } from '../harness/running-server'
import { newSession, type TestClient } from '../harness/test-client'

/** A host, and Ada on her phone. */
async function hall(options: Parameters<typeof runServer>[0] = {}) {
  const clock = new FakeClock()
  const running = await runServer({ clock, ...options })
  const host = await running.enter('hall', 'host', { role: 'host' })
  await host.welcome()
  const phone = await running.enter('hall', 'ada')
  const { self } = await phone.welcome()
  await host.event('participant.joined')
  /** Comes with Ada's token, and says nothing after the welcome by itself. */
  const offered = async (more: EnterOptions = {}) => {
    const laptop = await running.enter('hall', 'ada', { confirms: false, ...more })
    expect(await laptop.welcome()).toMatchObject({ self, confirm: true })
    return laptop
  }
  return { ...running, clock, host, phone, self, offered }
}

const confirm = (client: TestClient) => client.ask({ type: 'join' })

/** That nothing has happened, to the room nor to the phone. */
async function undisturbed({ host, phone }: { host: TestClient; phone: TestClient }): Promise<void> {
  expect(await phone.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
  await host.event('chat.sent')
  expect(host.events().map(({ logged }) => logged.event.type)).toEqual(['participant.joined', 'chat.sent'])
  expect(host.received.filter(({ type }) => type === 'presence')).toEqual([])
}

test('a place that another session holds changes hands when the new client has confirmed, not before [R2.5, R2.9]', async () => {
  const { host, phone, self, offered } = await hall()
  const laptop = await offered()
  expect(await phone.ask({ type: 'chat.send', text: 'said meanwhile' })).toMatchObject({ ok: true })
  expect(host.events('participant.returned')).toEqual([])
  const reply = await confirm(laptop)
  const events = laptop.events().map(({ logged }) => [logged.seq, logged.event.type])
  const { seq } = await laptop.welcome()
  expect(events).toEqual([
    [seq + 1, 'chat.sent'],
    [seq + 2, 'participant.returned'],
  ])
  expect(reply).toMatchObject({ ok: true, seq: seq + 2 })
  expect(await phone.goodbye()).toMatchObject({ code: 'superseded' })
  expect((await host.event('participant.returned')).logged.event).toMatchObject({ participantId: self })
  expect(await laptop.ask({ type: 'chat.send', text: 'here now' })).toMatchObject({ ok: true })
})

const GIVING_UP: Record<string, (laptop: TestClient) => Promise<unknown>> = {
  'closes its socket': async (laptop) => {
    laptop.socket.close()
    await laptop.closed
  },
  'is cut off': async (laptop) => {
    laptop.cut()
    await laptop.closed
  },
  'says that it leaves': async (laptop) => {
    laptop.say({ type: 'leave', id: 1 })
    expect(await laptop.closed).toBe(1000)
  },
}

test.each(Object.entries(GIVING_UP))(
  'one that %s instead leaves nothing, and disturbs no other [R2.9]',
  async (_, giveUp) => {
    const house = await hall()
    await giveUp(await house.offered())
    await undisturbed(house)
  },
)

test('what it asks of the room before is rejected, and it hears nothing of it', async () => {
  const house = await hall()
  const laptop = await house.offered()
  expect(await laptop.ask({ type: 'chat.send', text: 'too early' })).toMatchObject({ error: { code: 'forbidden' } })
  await undisturbed(house)
  expect(laptop.events()).toEqual([])
})

test('it is waited for 10 s [R7.8]', async () => {
  const house = await hall()
  const laptop = await house.offered()
  await passTime(house.clock, 9_999, house.host, house.phone, laptop)
  expect(laptop.socket.readyState).toBe(laptop.socket.OPEN)
  house.clock.advance(1)
  expect(await laptop.goodbye()).toMatchObject({ code: 'verification_timeout' })
  await undisturbed(house)
})

test('a first join, a reload and a new socket of the same page take one round trip', async () => {
  const { phone, enter } = await hall()
  expect((await phone.welcome()).confirm).toBe(undefined)
  const { session, joinId } = phone.hello
  const next = await enter('hall', 'ada', { session, joinId, attempt: 2, confirms: false })
  expect((await next.welcome()).confirm).toBe(undefined)
  expect(await phone.goodbye()).toMatchObject({ code: 'superseded' })
  const reloaded = await enter('hall', 'ada', { session, attempt: 3, confirms: false })
  expect((await reloaded.welcome()).confirm).toBe(undefined)
  expect(await next.goodbye()).toMatchObject({ code: 'superseded' })
})

test('a held connection confirms a takeover too, for its user may give up between the command and the welcome [R2.8, R2.9]', async () => {
  const house = await hall()
  const hold = async () => {
    const laptop = await house.enter('hall', 'ada', { intent: 'hold', confirms: false })
    await laptop.next('held')
    return laptop
  }
  const hasty = await hold()
  hasty.say({ type: 'join', id: 1 }, { type: 'leave', id: 2 })
  expect(await hasty.goodbye()).toEqual({ code: undefined, close: 1000 })
  const slow = await hold()
  expect(await slow.ask({ type: 'join' })).toMatchObject({ ok: true })
  await passTime(house.clock, 9_999, slow, house.phone, house.host)
  house.clock.advance(1)
  expect(await slow.goodbye()).toMatchObject({ code: 'verification_timeout' })
  const laptop = await hold()
  expect(await laptop.ask({ type: 'join' })).toMatchObject({ ok: true })
  expect(await laptop.welcome()).toMatchObject({ self: house.self, confirm: true })
  await undisturbed(house)
  expect(await confirm(laptop)).toMatchObject({ ok: true })
  expect(await house.phone.goodbye()).toMatchObject({ code: 'superseded' })
  // The time of the hold is over, and so is that of the offer: it is in the room.
  await passTime(house.clock, 300_000, laptop, house.host)
  expect(await laptop.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('two pages of one session that were welcomed: the later one comes again, to count its commands on', async () => {
  const { host, offered, enter } = await hall()
  const before = await offered()
  const { session } = before.hello
  const after = await offered({ session, attempt: 2 })
  before.say({ type: 'join', id: 1 }, { type: 'chat.send', id: 2, text: 'of the page before' })
  await host.event('chat.sent')
  after.say({ type: 'join', id: 1 }, { type: 'chat.send', id: 2, text: 'of the page behind' })
  expect(await after.goodbye()).toMatchObject({ code: 'unavailable' })
  const again = await enter('hall', 'ada', { session, joinId: after.hello.joinId, attempt: 3 })
  expect((await again.welcome()).lastCommandId).toBe(2)
})

test('a ghost is taken over as well when that is confirmed: its owner may be in a tunnel', async () => {
  for (const duplicateSessions of ['replace', 'reject'] as const) {
    const { host, phone, self, enter, offered } = await hall({ duplicateSessions })
    phone.cut()
    await host.next('presence')
    const givenUp = await offered()
    givenUp.cut()
    const { session, joinId } = phone.hello
    const { seq, instance } = await phone.welcome()
    const back = await enter('hall', 'ada', { session, joinId, attempt: 2, seq, instance })
    expect(await back.welcome()).toMatchObject({ self, resumed: true })
    back.cut()
    await host.until(() => host.received.filter(({ type }) => type === 'presence').length === 3)
    const laptop = await offered()
    expect(await confirm(laptop)).toMatchObject({ ok: true })
  }
})

test('where only one session may live, the second is rejected before anything is offered [R2.5]', async () => {
  const house = await hall({ duplicateSessions: 'reject' })
  const laptop = await house.enter('hall', 'ada', { confirms: false })
  expect(await laptop.goodbye()).toMatchObject({ code: 'superseded' })
  await undisturbed(house)
})

test('a client whose confirmation was not heard comes again, and is asked again; the place is still the other one’s', async () => {
  const house = await hall()
  const laptop = await house.offered()
  const { session, joinId } = laptop.hello
  const { seq, instance } = await laptop.welcome()
  laptop.cut()
  const again = await house.offered({ session, joinId, attempt: 2, seq, instance })
  expect(await again.welcome()).toMatchObject({ resumed: true, events: [] })
  expect(await house.phone.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
  expect(await confirm(again)).toMatchObject({ ok: true })
  expect(await house.phone.goodbye()).toMatchObject({ code: 'superseded' })
})

test('one whose confirmation was heard, though its answer was lost, resumes like any other', async () => {
  const { host, self, enter, offered } = await hall()
  const laptop = await offered()
  const { session, joinId } = laptop.hello
  const { seq, instance } = await laptop.welcome()
  laptop.say({ type: 'join', id: 1 }, { type: 'chat.send', id: 2, text: 'said once' })
  await host.event('chat.sent')
  laptop.cut()
  const back = await enter('hall', 'ada', { session, joinId, attempt: 2, seq, instance })
  expect(await back.welcome()).toMatchObject({ self, resumed: true, lastCommandId: 2 })
  expect(await back.ask({ type: 'chat.send', text: 'said once' }, 2)).toMatchObject({ ok: true })
  expect(host.events('chat.sent')).toHaveLength(1)
})

test('of two that were welcomed the one that confirms last has the place, and each place has one connection', async () => {
  const { offered, phone, host } = await hall()
  const [first, second] = [await offered(), await offered()]
  expect(await confirm(first)).toMatchObject({ ok: true })
  expect(await phone.goodbye()).toMatchObject({ code: 'superseded' })
  expect(await confirm(second)).toMatchObject({ ok: true })
  expect(await first.goodbye()).toMatchObject({ code: 'superseded' })
  await host.until(() => host.events('participant.returned').length === 2)
})

test('what has changed by the confirmation counts: a kick, a ban, the end of the room, a place that was given up', async () => {
  const cases: [string, (house: Awaited<ReturnType<typeof hall>>) => Promise<unknown>][] = [
    ['removed', ({ host, self }) => host.ask({ type: 'moderation.kick', participantId: self })],
    ['removed', ({ host, self }) => host.ask({ type: 'moderation.ban', participantId: self })],
    ['room_ended', ({ host }) => host.ask({ type: 'moderation.endRoom' })],
    ['unavailable', ({ phone }) => phone.ask({ type: 'leave' })],
  ]
  for (const [code, change] of cases) {
    const house = await hall()
    const laptop = await house.offered()
    await change(house)
    laptop.say({ type: 'join', id: 1 })
    expect(await laptop.goodbye()).toMatchObject({ code })
  }
})

test('a confirmation that the log cannot keep sends the client away, to come again, and leaves the place as it was', async () => {
  const log = failingLog()
  const { phone, offered } = await hall({ log })
  const laptop = await offered()
  log.broken = true
  laptop.say({ type: 'join', id: 1 })
  expect(await laptop.goodbye()).toMatchObject({ code: 'unavailable' })
  expect(phone.socket.readyState).toBe(phone.socket.OPEN)
})

test('a confirmation has no rate: neither joins nor the other device’s commands hold it up', async () => {
  const { phone, offered } = await hall({ limits: { joinBurst: 2, commandBurst: 3 } })
  const laptop = await offered()
  for (let n = 0; n < 4; n++) await phone.ask({ type: 'stage.cancel' })
  expect(await confirm(laptop)).toMatchObject({ ok: true })
})

test('join is rejected where nothing is left to confirm', async () => {
  const { offered } = await hall()
  const laptop = await offered()
  expect(await confirm(laptop)).toMatchObject({ ok: true })
  expect(await confirm(laptop)).toMatchObject({ ok: false, error: { code: 'invalid' } })
})

test('presence that changed in between is told', async () => {
  const { host, phone, enter, offered } = await hall()
  const bob = await enter('hall', 'bob', { session: newSession() })
  const { self } = await bob.welcome()
  await phone.event('participant.joined')
  const laptop = await offered()
  bob.cut()
  await host.next('presence')
  await confirm(laptop)
  expect(await laptop.next('presence')).toMatchObject({ participantId: self, presence: 'reconnecting' })
})
