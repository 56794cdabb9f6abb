// A newcomer that opens the connection for its offer before it has an edge.
import { expect, test } from 'vitest'
import type { OfferBody } from '../../src/protocol'
import { fakeTrack } from '../harness/fake-transport'
import { edge, MeshRoom, type Seat } from '../harness/mesh-room'

async function warm(room = new MeshRoom()) {
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  await ada.mesh.early.warmUp()
  return { room, ada, bob, opened: room.network.last('ada') }
}

test('the first link that makes an offer takes the connection, with the tracks and servers of then', async () => {
  const { room, ada, bob, opened } = await warm()
  const camera = fakeTrack('video', 'camera')
  const servers = [{ urls: 'turn:127.0.0.1:1', username: 'ada', credential: 'fresh' }]
  await ada.mesh.setTrack('camera', camera)
  await room.clock.advanceAsync(1000)
  expect(room.sent).toEqual([])
  ada.mesh.setIceServers(servers)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada')).toEqual([opened])
  expect(opened).toMatchObject({ connected: true, iceServers: servers, slots: { camera } })
  expect(room.sentBy('ada')).toEqual(['offer 0'])
  expect([...ada.links, ...bob.links]).toEqual(['bob connecting', 'bob connected', 'ada connecting', 'ada connected'])
  await ada.mesh.setTrack('camera', null)
  expect(opened.slots.camera).toBeNull()
})

test('of several links one takes it, and the next attempt opens another', async () => {
  const { room, ada, opened } = await warm()
  room.seat('cy')
  room.fold(1, edge('ada', 'bob'), edge('ada', 'cy'))
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada')).toHaveLength(2)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
  opened.fail('it broke')
  await room.clock.advanceAsync(5000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
  expect(room.network.live('ada')).toHaveLength(2)
})

test.each([
  ['there is no other participant', []],
  ['all others make the offers', [edge('bob', 'ada')]],
])('it is closed where %s', async (_why, edges) => {
  const { room, ada, opened } = await warm()
  room.fold(1, ...edges)
  expect(opened.closed).toBe(true)
  await ada.mesh.early.warmUp()
  expect(room.network.live('ada')).toHaveLength(0)
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada')).toHaveLength(edges.length)
})

test('it is closed with the mesh, and a closed mesh opens none', async () => {
  const { room, ada, bob, opened } = await warm()
  ada.mesh.close()
  expect(opened.closed).toBe(true)
  const late = bob.mesh.early.warmUp()
  bob.mesh.close()
  await late
  expect(room.network.live('bob')).toEqual([])
})

test('when the page is hidden it is closed, and the link opens its own', async () => {
  const { room, ada, opened } = await warm()
  ada.mesh.early.coolDown()
  expect(opened.closed).toBe(true)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
})

test('called twice it opens one', async () => {
  const { room, ada } = await warm()
  await ada.mesh.early.warmUp()
  expect(room.network.live('ada')).toHaveLength(1)
})

test('a connection that has failed before a link took it costs that link its first attempt', async () => {
  const { room, ada, opened } = await warm()
  opened.fail('it broke')
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(5000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
})

test('where none can be opened, the link opens its own', async () => {
  const room = new MeshRoom()
  const [ada] = [room.seat('ada'), room.seat('bob')]
  room.network.refuseOpen = true
  await ada.mesh.early.warmUp()
  room.network.refuseOpen = false
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
})

test('where connections start one at a time, none is opened ahead', async () => {
  const room = new MeshRoom()
  room.network.oneAtATime = true
  await room.seat('ada').mesh.early.warmUp()
  expect(room.network.transports).toEqual([])
})

/** A newcomer whose offer was read for its request for a seat. */
async function asked() {
  const warmed = await warm()
  await warmed.ada.mesh.early.make()
  await warmed.room.clock.advanceAsync(100)
  return { ...warmed, offer: warmed.ada.mesh.early.read(64) }
}

/** The server takes Ada's offer out of her request, and passes it on as her first signal. */
function passOn(to: Seat, offer: OfferBody | undefined): void {
  const epoch = { born: 1, n: 0 }
  to.mesh.receive({ type: 'signal', from: 'ada', epoch, order: 0, body: offer ?? { type: 'restart' } })
}

test('the offer is made ahead, and a link does not send it again where it was sent in the request [R2.11]', async () => {
  const { room, ada, bob, opened, offer } = await asked()
  expect(offer).toEqual(opened.offer())
  ada.mesh.early.sent(1)
  room.fold(1, edge('ada', 'bob'))
  passOn(bob, offer)
  await room.clock.advanceAsync(100)
  expect(room.sentBy('ada')).toEqual([])
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
  expect(room.network.live('ada')).toEqual([opened])
})

test('where another edge came than it was sent for, or none of the server, the link sends it', async () => {
  for (const born of [undefined, 7]) {
    const { room, ada, opened } = await asked()
    if (born !== undefined) ada.mesh.early.sent(born)
    room.fold(8, edge('ada', 'bob', 8))
    await room.clock.advanceAsync(100)
    expect(room.sentBy('ada')).toEqual(['offer 0'])
    expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
    expect(room.network.live('ada')).toEqual([opened])
  }
})

test('with other ICE servers another connection makes another offer', async () => {
  const { room, ada, opened } = await asked()
  const servers = [{ urls: 'turn:127.0.0.1:1', username: 'ada', credential: 'fresh' }]
  ada.mesh.setIceServers(servers)
  await ada.mesh.early.make()
  expect(opened.closed).toBe(true)
  expect(room.network.live('ada')).toMatchObject([{ iceServers: servers }])
})

test('before it is made there is none to read; once it is read, a page that is hidden keeps it', async () => {
  const { ada } = await warm()
  expect(ada.mesh.early.read(64)).toBeUndefined()
  const { ada: prepared, opened } = await asked()
  prepared.mesh.early.coolDown()
  expect(opened.closed).toBe(false)
})

const FRESH = [{ urls: 'turn:127.0.0.1:1', username: 'ada', credential: 'fresh' }]

test('where a connection keeps its ICE servers, none is opened before they are known', async () => {
  const room = new MeshRoom()
  room.network.keepsIceServers = true
  const { mesh } = room.seat('ada')
  await mesh.early.warmUp()
  expect(room.network.transports).toEqual([])
  mesh.setIceServers(FRESH)
  await mesh.early.make()
  expect(room.network.live('ada')).toMatchObject([{ ports: { iceServers: FRESH } }])
})

test('an offer that is made anew is not read any more', async () => {
  const { ada, bob, room, opened } = await warm()
  await ada.mesh.early.make()
  await room.clock.advanceAsync(100)
  const making = ada.mesh.early.make()
  expect(ada.mesh.early.read(64)).toBeUndefined()
  expect(opened.closed).toBe(true)
  await making
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(room.sentBy('ada')).toEqual(['offer 0'])
  expect(bob.linkTo('ada')).toMatchObject({ state: 'connected' })
})

test('at a seat without an offer, an edge of the same birth in another instance gets its offer', async () => {
  const { room, ada } = await asked()
  ada.mesh.early.sent(1)
  room.fold(1)
  ada.mesh.early.sent(undefined)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(room.sentBy('ada')).toEqual(['offer 0'])
})

test('it is closed when the connection to the server ends, and what was to be opened is not', async () => {
  const { room, ada, opened } = await asked()
  ada.mesh.early.lost()
  expect(opened.closed).toBe(true)
  const making = Promise.all([ada.mesh.early.warmUp(), ada.mesh.early.make()])
  ada.mesh.early.lost()
  await making
  expect(room.network.live('ada')).toEqual([])
})

test('a join that goes on after that opens another; the offer that the server may have passed on is not answered', async () => {
  const { room, ada, bob, opened, offer } = await asked()
  ada.mesh.early.lost(true)
  ada.mesh.early.lost(true)
  await room.clock.advanceAsync(1)
  const [other] = room.network.live('ada')
  expect(other).not.toBe(opened)
  ada.mesh.early.sent(undefined)
  room.fold(1, edge('ada', 'bob'))
  passOn(bob, offer)
  await room.clock.advanceAsync(1000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
  expect(bob.linkTo('ada')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
  expect(room.network.live('ada')).toEqual([other])
  room.seat('cy')
  room.fold(2, edge('ada', 'bob'), edge('ada', 'cy', 2))
  await room.clock.advanceAsync(1000)
  expect(ada.linkTo('cy')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
})

test('what is read has the candidates that would be sent, and no more than the server takes', async () => {
  const { ada, opened } = await asked()
  const lines = [
    '1 1 tcp 1 192.0.2.2 9 typ host tcptype active',
    ...[2, 3, 4].map((n) => `${n} 1 udp 1 192.0.2.2 7 typ host`),
  ]
  const candidates = lines.map((line) => `a=candidate:${line}\r\n`)
  opened.offer = () => ({ type: 'offer', sdp: `v=0\r\n${candidates.join('')}a=end-of-candidates\r\n`, layout: 1 })
  const { sdp } = ada.mesh.early.read(2) ?? {}
  expect(sdp).toBe(`v=0\r\n${candidates[1]}${candidates[2]}a=end-of-candidates\r\n`)
})

test('an offer that was read and is not sent, as it is too long, is sent by the link as it was told', async () => {
  const { room, ada, bob, opened } = await asked()
  const { sdp } = opened.offer()
  opened.offer = () => ({ type: 'offer', sdp: sdp.padEnd(40_000), layout: 1 })
  ada.mesh.early.read(64)
  ada.mesh.early.sent(undefined)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  const told = room.sent.map(({ order, body }) => [order, 'sdp' in body ? body.sdp.includes('candidate') : body.type])
  expect(room.sent.filter(({ from }) => from === 'ada')).toHaveLength(2)
  expect(told.slice(0, 2)).toEqual([
    [0, false],
    [1, 'candidate'],
  ])
  expect(bob.linkTo('ada')).toMatchObject({ state: 'connected' })
})

test('a page that is hidden after its offer went with a lost connection still begins with the epoch after it', async () => {
  const room = new MeshRoom()
  const { early } = room.seat('ada').mesh
  void early.make()
  await room.clock.advanceAsync(10)
  expect(early.read(64)?.type).toBe('offer')
  early.lost(true)
  await room.clock.advanceAsync(10)
  early.coolDown()
  expect(early.firstEpoch).toBe(1)
})
