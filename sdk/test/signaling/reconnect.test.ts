import { afterEach, expect, test } from 'vitest'
import { Bench } from '../harness/bench'
import { chatSent, joined, roomOf, type ScriptedConnection } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

const texts = () => bench.client.state.messages.map(({ text }) => text)

async function join(options = {}): Promise<ScriptedConnection> {
  const [made, line] = await Bench.joined(options)
  bench = made
  return line
}

/** Waits until the client knows that its line is gone. */
const noticed = () => expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('reconnecting')
const back = () => expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('joined')

test('a cut line is taken up again by the same session and page, with a higher attempt, from the last event folded', async () => {
  const first = await join()
  first.send(chatSent(3, 'before'))
  await expect.poll(texts).toEqual(['before'])
  first.cut()
  await noticed()
  const second = await bench.reconnected(2)
  expect(second.hello).toMatchObject({ seq: 3, instance: 'instance-1', joinId: first.hello.joinId })
  expect(second.hello.session).toBe(first.hello.session)
  expect(second.hello.attempt).toBeGreaterThan(first.hello.attempt)
  second.welcome({ events: [chatSent(4, 'missed').logged] as never, seq: 4 })
  await back()
  expect(texts()).toEqual(['before', 'missed'])
  expect(bench.names()).toEqual(['joined', 'message', 'reconnecting', 'reconnected', 'message'])
})

test('the room stays on show while the line is down', async () => {
  const line = await join()
  const before = bench.client.state
  line.cut()
  await noticed()
  expect(bench.client.state.participants).toBe(before.participants)
  expect(bench.client.state.room).toBe(before.room)
})

test('tries come in windows that double to 30 s, after the first in their second half, and go on for ever', async () => {
  await join()
  bench.server.close()
  bench.chance = 0.5
  const expected = [500, 1500, 3000, 6000, 12_000, 22_500, 22_500, 22_500]
  const delays = () =>
    bench.events.flatMap(({ name, payload }) =>
      name === 'reconnecting' ? [(payload as { retryInMs: number }).retryInMs] : [],
    )
  for (let n = 1; n <= expected.length; n++) {
    await expect.poll(() => delays().length, { interval: 2 }).toBe(n)
    bench.clock.advance(30_000)
  }
  expect(delays()).toEqual(expected)
})

test('a page that wakes tries at once', async () => {
  const line = await join()
  bench.chance = 0.9
  line.cut()
  await noticed()
  bench.page.tell('wake')
  await bench.server.connection(2)
})

test('a page that wakes does not hurry a server that asked to wait', async () => {
  const line = await join()
  line.goodbye('draining', 5000)
  await noticed()
  bench.page.tell('wake')
  bench.clock.advance(4999)
  expect(bench.server.connections).toHaveLength(1)
  await bench.reconnected(2, 1)
})

test('a replaced socket is orphaned: what it still sends is ignored', async () => {
  const first = await join()
  bench.clock.advance(15_000)
  bench.clock.advance(15_000)
  const second = await bench.reconnected(2)
  second.welcome({ events: [] })
  await back()
  first.send(chatSent(3, 'a ghost speaks'))
  first.goodbye('superseded')
  second.send(chatSent(3, 'the living speak'))
  await expect.poll(texts).toEqual(['the living speak'])
  expect(bench.client.state.status).toBe('joined')
})

test('a gap in the events brings a snapshot, and no participant is there twice', async () => {
  const first = await join()
  first.send(joined(5, 'ben'))
  await noticed()
  const second = await bench.reconnected(2)
  expect(second.hello.seq).toBeUndefined()
  const ada = roomOf().participants[0]
  if (!ada) throw new Error('no Ada')
  const ben = { ...ada, id: 'ben', name: 'ben', role: 'viewer' as const, joinSeq: 5 }
  second.welcome({ room: roomOf({ seq: 5, participants: [ada, ben] }) })
  await back()
  expect(bench.client.state.participants.map(({ id }) => id)).toEqual(['ada', 'ben'])
  expect(bench.names()).toEqual(['joined', 'reconnecting', 'reconnected', 'participantJoined'])
})

test('another instance is taken over whole: a new self, and the others told apart', async () => {
  const first = await join()
  first.send(joined(3, 'ben'))
  await expect.poll(() => bench.client.state.participants.length).toBe(2)
  first.cut()
  await noticed()
  const second = await bench.reconnected(2)
  const [ada] = roomOf().participants
  if (!ada) throw new Error('no Ada')
  second.welcome({ self: 'ada-2', room: roomOf({ instance: 'instance-2', participants: [{ ...ada, id: 'ada-2' }] }) })
  await back()
  expect(bench.client.state.self?.id).toBe('ada-2')
  expect(bench.events.slice(-2)).toMatchObject([
    { name: 'reconnected', payload: { resumed: false } },
    { name: 'participantLeft', payload: { participant: { id: 'ben' }, reason: 'lost' } },
  ])
})

test('a full, locked or absent room is waited for by who was in it, slowly', async () => {
  const line = await join()
  line.goodbye('room_full')
  await noticed()
  bench.clock.advance(14_999)
  expect(bench.server.connections).toHaveLength(1)
  const second = await bench.reconnected(2, 1)
  second.welcome({ events: [] })
  await back()
})

test('who was in the room comes back to a busy network when it was told to', async () => {
  const line = await join()
  line.goodbye('busy', 9000)
  await noticed()
  bench.page.tell('wake')
  bench.clock.advance(8999)
  expect(bench.server.connections).toHaveLength(1)
  const second = await bench.reconnected(2, 1)
  second.welcome({ events: [] })
  await back()
})

test.each(['superseded', 'removed', 'room_ended', 'forbidden', 'bad_frame', 'unsupported_version'] as const)(
  'after %s there is no other try, even when the goodbye itself was lost',
  async (code) => {
    const line = await join()
    const { GOODBYES } = await import('../../src/protocol')
    line.close(GOODBYES[code].close)
    await expect.poll(() => bench.client.state.status).toBe('left')
    expect(bench.client.state).toMatchObject({ reason: code, error: { code, retryable: false } })
    bench.clock.advance(3_600_000)
    bench.page.tell('wake')
    expect(bench.clock.waiting).toBe(0)
    expect(bench.server.connections).toHaveLength(1)
  },
)

test('an expired token is renewed once by the function; a second rejection is final', async () => {
  let calls = 0
  const line = await join({ token: () => `token-${++calls}` })
  line.goodbye('unauthorized')
  await noticed()
  const second = await bench.reconnected(2)
  expect(second.hello.token).toBe('token-2')
  second.goodbye('unauthorized')
  await expect.poll(() => bench.client.state).toMatchObject({ status: 'left', reason: 'unauthorized' })
  expect(calls).toBe(2)
})

test('a token function that fails in mid-session is asked again for ever', async () => {
  let calls = 0
  const token = () => {
    calls++
    if (calls === 2 || calls === 3) throw new Error('backend down')
    return `token-${calls}`
  }
  const line = await join({ token })
  line.cut()
  await noticed()
  const tries = () => bench.names().filter((name) => name === 'reconnecting').length
  for (let n = 1; n <= 3; n++) {
    await expect.poll(tries, { interval: 2 }).toBe(n)
    // At the earliest: at once, then after 1 and 2 s.
    bench.clock.advance(1000 * (n - 1))
  }
  expect((await bench.server.connection(2)).hello.token).toBe('token-4')
})

test('session.refreshNeeded brings a fresh token on the same connection', async () => {
  let calls = 0
  const line = await join({ token: async () => `token-${++calls}` })
  line.send({ type: 'session.refreshNeeded', expiresAt: 9000 })
  const [refresh] = await line.until('session.refresh')
  expect(refresh).toMatchObject({ token: 'token-2', id: 1 })
})
