// What goes wrong between an app and its server, and what the app sees of it. Real server, real sockets, faults to order.
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { TestServer } from '../../../server/src/testing/index'
import { systemEnvironment } from '../../src/client/environment'
import type { AnyEvent, LiveStreamClient } from '../../src/index'
import { systemClock } from '../../src/ports/clock'
import { FakeClock } from '../harness/fake-clock'
import { RoomHouse } from '../harness/room-house'

let house: RoomHouse
let server: TestServer
let ada: LiveStreamClient
let ben: LiveStreamClient
let events: AnyEvent[]

beforeEach(async () => {
  house = new RoomHouse({ limits: UNHURRIED })
  ada = await house.join('Ada', { logLevel: 'silent' }, promptly)
  ben = await house.join('Ben')
  server = house.server
  events = eventsOf(ada)
})
afterEach(() => house.close())

/** What is tested here is not the pace. */
const UNHURRIED = { chatPerSecond: 1000, chatBurst: 1000, roomChatPerSecond: 1000, roomChatBurst: 1000 }

/** A client that tries again at once, where the last connection did not fail too. */
const promptly = { ...systemEnvironment, random: () => 0 }

/** One whose time runs faster than the server's. */
const hurried = (times: number) => ({
  ...promptly,
  clock: {
    now: () => systemClock.now() * times,
    after: (ms: number, callback: () => void) => systemClock.after(ms / times, callback),
  },
})

function eventsOf(client: LiveStreamClient): AnyEvent[] {
  const all: AnyEvent[] = []
  client.on('*', (event) => {
    if (event.name !== 'stateChanged') all.push(event)
  })
  return all
}

const names = () => events.map(({ name }) => name)
const textsOf = (client: LiveStreamClient) => client.state.messages.map(({ text }) => text)
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

test('a reply that is lost after the server has done its work: asked again, answered once, said once [R3.6]', async () => {
  const lost = server.faults.closeAt({ direction: 'down', type: 'reply', identity: 'Ada', times: 1 })
  await ada.chat.send('once')
  expect(lost.count).toBe(1)
  await expect.poll(() => textsOf(ben)).toEqual(['once'])
  expect(textsOf(ada)).toEqual(['once'])
  expect(names()).toEqual(['message', 'reconnecting', 'reconnected'])
})

test('exactly once, where the rate rejects what is asked again: it keeps its number until the answer comes', async () => {
  const strict = new RoomHouse({ limits: { chatPerSecond: 1, chatBurst: 1 } })
  onTestFinished(() => strict.close())
  // It asks again before the server's rate allows it.
  const cleo = await strict.join('Cleo', { logLevel: 'silent' }, hurried(4))
  const dan = await strict.join('Dan')
  const rejections: string[] = []
  cleo.on('commandFailed', ({ error }) => rejections.push(error.code))
  strict.server.faults.closeAt({ direction: 'down', type: 'reply', identity: 'Cleo', times: 1 })
  await cleo.chat.send('once')
  await cleo.chat.send('again')
  await expect.poll(() => textsOf(dan)).toEqual(['once', 'again'])
  expect(rejections).toEqual([])
})

test('a command that is lost with its connection leaves again, before what was said later', async () => {
  server.faults.closeAt({ direction: 'up', type: 'chat.send', identity: 'Ada', times: 1 })
  await Promise.all(['one', 'two', 'three'].map((text) => ada.chat.send(text)))
  await expect.poll(() => textsOf(ben)).toEqual(['one', 'two', 'three'])
})

test.each([1006, 1011, 1012, 1013, 4408, 4429, 4430])(
  'closed with %i: the session is resumed, and what was said meanwhile is there',
  async (code) => {
    const self = ada.state.self?.id
    const late = server.faults.delay({ direction: 'down', type: 'welcome', identity: 'Ada' })
    server.faults.close({ identity: 'Ada', code })
    await late.happened()
    await ben.chat.send('meanwhile')
    late.lift()
    await expect.poll(() => textsOf(ada)).toEqual(['meanwhile'])
    expect(ada.state).toMatchObject({ status: 'joined', self: { id: self } })
    expect(events).toContainEqual({ name: 'reconnected', payload: { resumed: true } })
    expect(ben.state.participants).toHaveLength(2)
  },
)

test.each([
  [4403, 'forbidden'],
  [4409, 'superseded'],
  [4410, 'room_ended'],
  [4411, 'removed'],
])('closed with %i: the room is left for good, as %s', async (code, reason) => {
  server.faults.close({ identity: 'Ada', code })
  await expect.poll(() => ada.state).toMatchObject({ status: 'left', reason })
  expect(names()).not.toContain('reconnecting')
})

test('a half-open connection: given up after 30 s of silence; its late words say nothing twice', async () => {
  const clock = new FakeClock()
  const cyd = await house.join('Cyd', {}, { ...promptly, clock })
  const stall = server.faults.stall({ identity: 'Cyd' })
  const said = cyd.chat.send('said into a dead socket')
  clock.advance(15_000)
  clock.advance(15_000)
  expect(cyd.state.status).toBe('reconnecting')
  clock.advance(0)
  await said
  stall.lift()
  await cyd.chat.send('said again')
  await expect.poll(() => textsOf(ben)).toEqual(['said into a dead socket', 'said again'])
  expect(cyd.state.status).toBe('joined')
  expect(ben.state.participants).toHaveLength(3)
})

test('what is said and answered arrives twice: it is done once', async () => {
  server.faults.duplicate({ direction: 'up' })
  server.faults.duplicate({ direction: 'down', when: ({ type }) => type !== 'event' })
  const texts = Array.from({ length: 8 }, (_, n) => `message ${n}`)
  await Promise.all(texts.map((text) => ada.chat.send(text)))
  await ben.chat.send('done')
  for (const client of [ada, ben]) await expect.poll(() => textsOf(client)).toEqual([...texts, 'done'])
  expect(names()).toEqual(Array.from({ length: 9 }, () => 'message'))
})

test('an event is lost on its way: the room is taken over as it is, and nothing is there twice', async () => {
  server.faults.drop({ direction: 'down', type: 'chat.sent', identity: 'Ada', times: 1 })
  await ben.chat.send('one')
  await ben.chat.send('two')
  await expect.poll(() => textsOf(ada)).toEqual(['one', 'two'])
  expect(names().filter((name) => name === 'reconnected')).toHaveLength(1)
})

test('an event arrives twice: it is there once, and the connection goes on', async () => {
  const doubled = server.faults.duplicate({ direction: 'down', type: 'chat.sent', identity: 'Ada' })
  await ben.chat.send('one')
  await ben.chat.send('two')
  await expect.poll(() => textsOf(ada)).toEqual(['one', 'two'])
  await doubled.happened(2)
  await ada.chat.send('three')
  expect(textsOf(ada)).toEqual(['one', 'two', 'three'])
  expect(names()).toEqual(['message', 'message', 'message'])
})

test('log down: chat is rejected and says that it may be tried again; up: nothing is lost', async () => {
  await ada.chat.send('before')
  server.faults.log.fail()
  await expect(ada.chat.send('while it was down')).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  expect(ada.state.status).toBe('joined')
  server.faults.log.heal()
  await server.clock.advance(5000)
  await expect.poll(() => codeOf(ada.chat.send('after'))).toBe('done')
  for (const client of [ada, ben]) await expect.poll(() => textsOf(client)).toEqual(['before', 'after'])
})

test('log down while a client is away: it resumes all the same', async () => {
  await ben.chat.send('before')
  await expect.poll(() => textsOf(ada)).toEqual(['before'])
  server.faults.log.fail()
  server.faults.close({ identity: 'Ada' })
  await expect.poll(() => names()).toContain('reconnected')
  server.faults.log.heal()
  expect(textsOf(ada)).toEqual(['before'])
  expect(ada.state.participants).toHaveLength(2)
})

test('a token that ends in mid-session is renewed, and the others see nothing', async () => {
  const token = vi.fn(() => server.token({ room: 'test', identity: 'cyd', name: 'Cyd', role: 'guest' }))
  const cyd = await house.join('Cyd', { token })
  const seen = eventsOf(cyd)
  server.faults.expireToken('cyd')
  await expect.poll(() => token.mock.calls.length).toBe(2)
  await server.clock.advance(60_000)
  await cyd.chat.send('still here')
  expect(token).toHaveBeenCalledTimes(2)
  expect(seen.map(({ name }) => name)).toEqual(['message'])
})

test('a token that ends and is no function: the session ends with it, behind the grace', async () => {
  const token = await server.token({ room: 'test', identity: 'cyd', name: 'Cyd', role: 'guest' })
  const cyd = await house.join('Cyd', { token, logLevel: 'silent' })
  server.faults.expireToken('cyd')
  await server.clock.advance(20_000)
  await cyd.chat.send('still here')
  await server.clock.advance(15_000)
  await expect.poll(() => cyd.state).toMatchObject({ status: 'left', reason: 'unauthorized' })
})

test('a backend that gives the old token: rejected in mid-session and at the door, until it gives a fresh one', async () => {
  const give = () => server.token({ room: 'test', identity: 'cyd', name: 'Cyd', role: 'guest' })
  let cached = await give()
  const token = vi.fn(() => cached)
  const cyd = await house.join('Cyd', { token, logLevel: 'silent' }, promptly)
  const rejected = server.faults.duplicate({ direction: 'down', type: 'reply', identity: 'cyd', times: 1 })
  server.faults.expireToken('cyd')
  await rejected.happened()
  cached = await server.token({ room: 'test', identity: 'cyd', name: 'Cyd', role: 'viewer' })
  await server.clock.advance(35_000)
  await expect.poll(() => cyd.state).toMatchObject({ status: 'joined', self: { role: 'viewer' } })
})

test('a bad day: connections break, messages come late and twice; all is said once, in one order for everybody', async () => {
  await ada.leave()
  // It waits longer after each of the connections that break one after the other.
  ada = await house.join('Ada', { logLevel: 'silent' }, hurried(10))
  const about = `seed ${server.seed}`
  server.faults.duplicate({ direction: 'up', probability: 0.3 })
  server.faults.delay({ direction: 'down', probability: 0.2, ms: 20 })
  for (const direction of ['up', 'down'] as const)
    server.faults.closeAt({ direction, identity: 'Ada', probability: 0.2, times: 4 })
  const texts = Array.from({ length: 10 }, (_, n) => `${n}`)
  await Promise.all(texts.flatMap((text) => [ada.chat.send(`Ada ${text}`), ben.chat.send(`Ben ${text}`)]))
  await expect.poll(() => textsOf(ben).length, { message: about }).toBe(20)
  await expect.poll(() => textsOf(ada), { message: about }).toEqual(textsOf(ben))
  for (const name of ['Ada', 'Ben']) {
    const own = textsOf(ben).filter((text) => text.startsWith(name))
    expect(own, about).toEqual(texts.map((text) => `${name} ${text}`))
  }
})
