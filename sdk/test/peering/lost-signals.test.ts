// Signals go through the server. While the way there is down they are lost, and a link that needed them must not wait out its time.
import { expect, test } from 'vitest'
import { edge, MeshRoom, type Sent } from '../harness/mesh-room'

/** Long before a try that stands still is given up. */
const SOON_MS = 3000

/** Ada offers to bob. Who is in `away` is lost to the server: what it sends and what is sent to it. */
function pair() {
  const room = new MeshRoom()
  const away = new Set<string>()
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  room.pipe = ({ from, to }: Sent) => (away.has(from) || away.has(to) ? [] : [1])
  const back = (id: string, seq = 1, born = 1) => {
    away.delete(id)
    room.back(id, seq, edge('ada', 'bob', born))
  }
  const states = () => [ada.linkTo('bob')?.state, bob.linkTo('ada')?.state]
  return { room, away, ada, bob, back, states }
}

test('the offerer whose offer went into a dead socket makes the next as soon as it is back [R9.6]', async () => {
  const { room, away, back, states } = pair()
  away.add('ada')
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(1000)
  expect(states()).toEqual(['connecting', 'connecting'])
  back('ada')
  await room.clock.advanceAsync(100)
  expect(states()).toEqual(['connected', 'connected'])
  expect(room.sentBy('ada')).toEqual(['offer 0', 'offer 1'])
})

test('the answerer whose answer was lost asks for the next as soon as it is back [R9.6]', async () => {
  const { room, away, back, states } = pair()
  room.pipe = ({ from, to, body }) => {
    if (body.type === 'offer') away.add('bob')
    return body.type === 'offer' || !(away.has(from) || away.has(to)) ? [1] : []
  }
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(1000)
  room.pipe = () => [1]
  back('bob')
  await room.clock.advanceAsync(SOON_MS)
  expect(states()).toEqual(['connected', 'connected'])
  expect(room.sentBy('bob')).toEqual(['answer 0', 'restart 0', 'answer 1'])
})

test('the answerer that was away when the edge was made asks for the first offer [R9.6]', async () => {
  const { room, away, ada, back, states } = pair()
  away.add('bob')
  ada.mesh.update({ selfId: 'ada', seq: 1, edges: [edge('ada', 'bob')] })
  await room.clock.advanceAsync(1000)
  back('bob')
  await room.clock.advanceAsync(SOON_MS)
  expect(states()).toEqual(['connected', 'connected'])
})

test.each([0, 200, 900, 1100, 5000])(
  'both were away, and come back with %i ms between, in any order [R9.6]',
  async (between) => {
    for (const [first, second] of [
      ['ada', 'bob'],
      ['bob', 'ada'],
    ] as const) {
      const { room, away, back, states } = pair()
      room.pipe = ({ from, to, body }) => {
        if (body.type === 'answer') for (const id of ['ada', 'bob']) away.add(id)
        return away.has(from) || away.has(to) ? [] : [1]
      }
      room.fold(1, edge('ada', 'bob'))
      await room.clock.advanceAsync(1000)
      room.pipe = ({ from, to }) => (away.has(from) || away.has(to) ? [] : [1])
      back(first)
      await room.clock.advanceAsync(between)
      back(second)
      await room.clock.advanceAsync(SOON_MS)
      expect(states()).toEqual(['connected', 'connected'])
    }
  },
)

test('a link that is up is left alone when its ends come back, and so is one in line [R9.6]', async () => {
  const { room, back, states } = pair()
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  const before = [...room.network.transports]
  for (const id of ['ada', 'bob', 'ada']) back(id)
  await room.clock.advanceAsync(60_000)
  expect(room.network.transports).toEqual(before)
  expect(states()).toEqual(['connected', 'connected'])
  expect([...room.sentBy('ada'), ...room.sentBy('bob')]).toEqual(['offer 0', 'answer 0'])
})

test('an edge that came while its offerer was away has the one offer that it needs', async () => {
  const { room, away, bob, back, states } = pair()
  away.add('ada')
  bob.mesh.update({ selfId: 'bob', seq: 1, edges: [edge('ada', 'bob')] })
  await room.clock.advanceAsync(1000)
  back('ada')
  await room.clock.advanceAsync(100)
  expect(states()).toEqual(['connected', 'connected'])
  expect(room.sentBy('ada')).toEqual(['offer 0'])
})

test('a peer that asks again and again makes no more offers than the backoff lets', async () => {
  const { room, ada } = pair()
  room.network.reachable = false
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(0)
  for (let order = 0; order < 100; order++) {
    ada.mesh.receive({
      type: 'signal',
      from: 'bob',
      epoch: { born: 1, n: 0 },
      order: 200 + order,
      body: { type: 'restart' },
    })
    await room.clock.advanceAsync(100)
  }
  // Ten seconds of backoff: 0.5 s, 1 s, 2 s, 4 s, and what is left of 8 s.
  expect(room.sentBy('ada').length).toBeLessThanOrEqual(6)
})
