// A newcomer that opens the connection for its offer before it has an edge.
import { expect, test } from 'vitest'
import { fakeTrack } from '../harness/fake-transport'
import { edge, MeshRoom } from '../harness/mesh-room'

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
  return { ...warmed, offer: warmed.ada.mesh.early.read() }
}

test('the offer is made ahead, and a link does not send it again where it was sent in the request [R2.11]', async () => {
  const { room, ada, bob, opened, offer } = await asked()
  expect(offer).toEqual(opened.offer())
  ada.mesh.early.sent(1)
  room.fold(1, edge('ada', 'bob'))
  bob.mesh.receive({
    type: 'signal',
    from: 'ada',
    epoch: { born: 1, n: 0 },
    order: 0,
    body: offer ?? { type: 'restart' },
  })
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
  expect(ada.mesh.early.read()).toBeUndefined()
  const { ada: prepared, opened } = await asked()
  prepared.mesh.early.coolDown()
  expect(opened.closed).toBe(false)
})
