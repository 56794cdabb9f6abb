// A peer that does with its own link what it likes: it costs that link, and no other.
import { expect, test } from 'vitest'
import { FOLLOW_MS } from '../../src/peering/early-signals'
import { CONNECT_LIMIT_MS } from '../../src/peering/link-timing'
import { LONGEST_START_MS } from '../../src/peering/start-queue'
import type { SignalBody } from '../../src/protocol'
import { sdp } from '../harness/fake-transport'
import { edge, MeshRoom } from '../harness/mesh-room'

const OFFER: SignalBody = { type: 'offer', sdp: sdp('offer 99'), layout: 1 }
const RESTART: SignalBody = { type: 'restart' }

/** Mal is no mesh of ours: what it says is said here. It was there first, and has offered to ada before bob and cy come. */
async function withMal(oneAtATime: boolean) {
  const room = new MeshRoom()
  room.network.oneAtATime = oneAtATime
  const ada = room.seat('ada')
  const say = (n: number, order: number, body: SignalBody) =>
    ada.mesh.receive({ type: 'signal', from: 'mal', epoch: { born: 1, n }, order, body })
  room.fold(1, edge('mal', 'ada'))
  say(0, 0, OFFER)
  await room.clock.advanceAsync(0)
  for (const id of ['bob', 'cy']) room.seat(id)
  room.fold(2, edge('mal', 'ada'), edge('ada', 'bob', 2), edge('ada', 'cy', 2))
  return { room, ada, say }
}

test('a peer that offers and then asks to start over every 8 s holds up no other link [R9.3, R9.5]', async () => {
  const { room, ada, say } = await withMal(true)
  for (let order = 1; order < 8; order++) {
    await room.clock.advanceAsync(8_000)
    say(0, order, RESTART)
  }
  expect(['bob', 'cy'].map((id) => ada.linkTo(id)?.state)).toEqual(['connected', 'connected'])
})

test('a turn has an end, however its link gets on, and the link goes on without it [R9.5]', async () => {
  const { room, ada } = await withMal(true)
  const malicious = () => room.network.transports.find(({ accepted }) => accepted.some(({ type }) => type === 'offer'))
  for (let waited = 0; waited < LONGEST_START_MS; waited += 1000) {
    malicious()?.ports.events.advanced()
    await room.clock.advanceAsync(1000)
  }
  await room.clock.advanceAsync(1000)
  expect(['bob', 'cy'].map((id) => ada.linkTo(id)?.state)).toEqual(['connected', 'connected'])
  expect(malicious()?.closed).toBe(false)
})

test('a try that gets no further is over in time, whatever arrives meanwhile [R9.5]', async () => {
  const { room, ada, say } = await withMal(false)
  for (let ms = 0; ms < CONNECT_LIMIT_MS + 1000; ms += 500) {
    say(0, 1 + ms, ms % 1000 === 0 ? RESTART : { type: 'answer', sdp: sdp(`answer ${ms}`) })
    await room.clock.advanceAsync(500)
  }
  expect(ada.linkTo('mal')?.state).toBe('recovering')
})

/** How many connections a peer has cost ada: bob and cy aside. */
const costOf = ({ network }: MeshRoom) => network.transports.filter(({ owner }) => owner === 'ada').length - 2

test('of many epochs a second one in 500 ms is followed, the newest, and other links notice nothing [R9.7]', async () => {
  const { room, ada, say } = await withMal(false)
  await room.clock.advanceAsync(100)
  let n = 1
  for (let ms = 0; ms < 15_000; ms += 1000 / 16) {
    say(n, 0, OFFER)
    // Before its offer, as no honest one comes.
    say(n + 1, 1, { type: 'candidate', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 })
    n++
    await room.clock.advanceAsync(1000 / 16)
  }
  expect(costOf(room)).toBeGreaterThan(20)
  expect(costOf(room)).toBeLessThanOrEqual(15_000 / FOLLOW_MS + 1)
  await room.clock.advanceAsync(FOLLOW_MS)
  say(n, 0, OFFER)
  await room.clock.advanceAsync(FOLLOW_MS)
  expect(ada.linkTo('mal')?.epoch).toEqual({ born: 1, n })
  expect(['bob', 'cy'].map((id) => ada.linkTo(id)?.state)).toEqual(['connected', 'connected'])
})

test('candidates alone open nothing, whatever epoch they name', async () => {
  const { room, say } = await withMal(false)
  await room.clock.advanceAsync(1000)
  const before = costOf(room)
  for (let n = 1; n < 1000; n++) {
    say(n, 0, { type: 'candidate', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 })
    await room.clock.advanceAsync(100)
  }
  expect(costOf(room)).toBe(before)
})

test('a description of another layout opens nothing, and a link that is up stays up [R9.8]', async () => {
  const room = new MeshRoom()
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  const before = [...room.network.transports]
  const sections = 'm=audio 9 X 0\r\n'.repeat(276)
  for (let n = 0; n < 20; n++) {
    const signal = { type: 'signal', epoch: { born: 1, n }, order: 50 } as const
    bob.mesh.receive({ ...signal, from: 'ada', body: { type: 'offer', sdp: sections, layout: 1 } })
    bob.mesh.receive({ ...signal, from: 'ada', body: { type: 'offer', sdp: sdp('offer 0'), layout: 2 } })
    ada.mesh.receive({ ...signal, from: 'bob', body: { type: 'answer', sdp: sections } })
    await room.clock.advanceAsync(1000)
  }
  expect(room.network.transports).toEqual(before)
  expect([ada.linkTo('bob')?.state, bob.linkTo('ada')?.state]).toEqual(['connected', 'connected'])
})

test('a peer whose offers cannot be answered costs less and less, and is followed as before once it makes a good one', async () => {
  const { room, ada, say } = await withMal(false)
  await room.clock.advanceAsync(1000)
  const before = costOf(room)
  const bad = { ...OFFER, sdp: sdp('nonsense') }
  let n = 1
  for (let ms = 0; ms < 60_000; ms += 250) {
    say(n++, 0, bad)
    await room.clock.advanceAsync(250)
  }
  // One after 0.5 s, 1 s, 2 s and so on.
  expect(costOf(room) - before).toBeLessThanOrEqual(8)
  room.seat('mal').mesh.update({ selfId: 'mal', seq: 3, edges: [edge('mal', 'ada', 3)] })
  ada.mesh.update({ selfId: 'ada', seq: 3, edges: [edge('mal', 'ada', 3)] })
  await room.clock.advanceAsync(100)
  expect(ada.linkTo('mal')).toMatchObject({ state: 'connected', epoch: { born: 3 } })
})

test('the first new epoch is followed at once, and so is one that comes after a while [R9.7]', async () => {
  const { room, ada, say } = await withMal(false)
  for (const n of [1, 2, 3]) {
    await room.clock.advanceAsync(FOLLOW_MS)
    say(n, 0, OFFER)
    expect(ada.linkTo('mal')?.epoch).toEqual({ born: 1, n })
  }
})
