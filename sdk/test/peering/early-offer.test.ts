// A newcomer that opens the connection for its offer before it has an edge.
import { expect, test } from 'vitest'
import { fakeTrack } from '../harness/fake-transport'
import { edge, MeshRoom } from '../harness/mesh-room'

async function warm(room = new MeshRoom()) {
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  await ada.mesh.warmUp()
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
  await ada.mesh.warmUp()
  expect(room.network.live('ada')).toHaveLength(0)
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada')).toHaveLength(edges.length)
})

test('it is closed with the mesh, and a closed mesh opens none', async () => {
  const { room, ada, bob, opened } = await warm()
  ada.mesh.close()
  expect(opened.closed).toBe(true)
  const late = bob.mesh.warmUp()
  bob.mesh.close()
  await late
  expect(room.network.live('bob')).toEqual([])
})

test('when the page is hidden it is closed, and the link opens its own', async () => {
  const { room, ada, opened } = await warm()
  ada.mesh.coolDown()
  expect(opened.closed).toBe(true)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
})

test('called twice it opens one', async () => {
  const { room, ada } = await warm()
  await ada.mesh.warmUp()
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
  await ada.mesh.warmUp()
  room.network.refuseOpen = false
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0 } })
})

test('where connections start one at a time, none is opened ahead', async () => {
  const room = new MeshRoom()
  room.network.oneAtATime = true
  await room.seat('ada').mesh.warmUp()
  expect(room.network.transports).toEqual([])
})
