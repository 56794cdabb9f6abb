import { expect, test } from 'vitest'
import { EMPTY_SLOTS } from '../../src/peering/media-transport'
import { SharedCertificate } from '../../src/peering/shared-certificate'
import { fakeTrack, sdp } from '../harness/fake-transport'
import { edge, MeshRoom } from '../harness/mesh-room'

test('an edge makes a link, and what the other one puts into its slots arrives with its name', async () => {
  const room = new MeshRoom()
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  room.fold(1, edge('ada', 'bob'))
  expect(ada.links).toEqual(['bob connecting'])
  await room.clock.advanceAsync(100)
  expect(ada.links).toEqual(['bob connecting', 'bob connected'])
  expect(bob.links).toEqual(['ada connecting', 'ada connected'])
  expect(bob.tracks.map(({ from, source }) => `${from} ${source}`)).toEqual([
    'ada microphone',
    'ada camera',
    'ada screen',
    'ada screenAudio',
  ])
  expect(ada.mesh.links()).toMatchObject([
    { participantId: 'bob', state: 'connected', epoch: { born: 1, n: 0 }, offerer: true },
  ])
})

test('only the offerer of an edge offers, as soon as it folds it [R9.2]', async () => {
  const room = new MeshRoom()
  for (const id of ['ada', 'bob', 'cy']) room.seat(id)
  room.fold(1, edge('ada', 'bob'), edge('cy', 'ada'))
  await room.clock.advanceAsync(100)
  expect(room.sentBy('ada')).toEqual(['offer 0', 'answer 0'])
  expect(room.sentBy('bob')).toEqual(['answer 0'])
  expect(room.sentBy('cy')).toEqual(['offer 0'])
})

test('an edge between others makes no link [R9.1]', () => {
  const room = new MeshRoom()
  const cy = room.seat('cy')
  room.fold(1, edge('ada', 'bob'))
  expect(cy.mesh.links()).toEqual([])
  expect(cy.links).toEqual([])
})

test('a fold that leaves an edge alone does not touch its link', async () => {
  const room = new MeshRoom()
  const ada = room.seat('ada')
  room.seat('bob')
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  room.fold(2, edge('ada', 'bob'))
  room.fold(3, edge('ada', 'bob'), edge('ada', 'cy', 3))
  expect(ada.links).toEqual(['bob connecting', 'bob connected', 'cy connecting'])
})

test('where the edge ends, the connection does too', async () => {
  const room = new MeshRoom()
  const ada = room.seat('ada')
  room.seat('bob')
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  room.fold(2)
  expect(ada.links.at(-1)).toBe('bob null')
  expect(ada.mesh.links()).toEqual([])
  expect(room.network.live('ada')).toEqual([])
})

test('a page that was loaded anew gets a new link at once', async () => {
  const room = new MeshRoom()
  const ada = room.seat('ada')
  room.seat('bob')
  room.fold(1, edge('bob', 'ada'))
  await room.clock.advanceAsync(100)
  const bob = room.seat('bob')
  room.fold(2, edge('ada', 'bob', 2))
  await room.clock.advanceAsync(100)
  expect(ada.links).toEqual(['bob connecting', 'bob connected', 'bob connecting', 'bob connected'])
  expect(bob.linkTo('ada')).toMatchObject({ state: 'connected', epoch: { born: 2, n: 0 } })
  expect(room.network.live('ada')).toHaveLength(1)
})

test('a signal ahead of the fold waits for it; one of an edge that is over is dropped', async () => {
  const room = new MeshRoom()
  room.seat('ada').mesh.update({ selfId: 'ada', seq: 5, edges: [edge('ada', 'bob', 5)] })
  const bob = room.seat('bob')
  bob.mesh.update({ selfId: 'bob', seq: 3, edges: [] })
  await room.clock.advanceAsync(1000)
  expect(room.network.live('bob')).toEqual([])
  bob.mesh.update({ selfId: 'bob', seq: 5, edges: [edge('ada', 'bob', 5)] })
  await room.clock.advanceAsync(100)
  expect(bob.linkTo('ada')?.state).toBe('connected')

  bob.mesh.update({ selfId: 'bob', seq: 7, edges: [edge('ada', 'bob', 7)] })
  const before = room.network.transports.length
  bob.mesh.receive({ type: 'signal', from: 'ada', epoch: { born: 5, n: 9 }, order: 0, body: offer })
  expect(room.network.transports).toHaveLength(before)
})

test('what waits for the fold is bounded: by count, by sender and by how far it is ahead', () => {
  const room = new MeshRoom()
  const bob = room.seat('bob')
  const send = (from: string, born: number, order: number) =>
    bob.mesh.receive({ type: 'signal', from, epoch: { born, n: 0 }, order, body: offer })
  for (let order = 0; order < 1000; order++) send('ada', 9, order)
  for (let from = 0; from < 100; from++) send(`stranger-${from}`, 9, 0)
  send('cy', Number.MAX_SAFE_INTEGER, 0)
  const edges = [edge('ada', 'bob', 9), ...Array.from({ length: 100 }, (_, i) => edge(`stranger-${i}`, 'bob', 9))]
  return room.clock.advanceAsync(0).then(async () => {
    bob.mesh.update({ selfId: 'bob', seq: 9, edges })
    await room.clock.advanceAsync(0)
    expect(room.network.transports).toHaveLength(20)
    expect(room.network.transports[0]?.accepted).toHaveLength(128)
  })
})

test('a track goes to every link, to those that come later too', async () => {
  const room = new MeshRoom()
  const ada = room.seat('ada')
  room.seat('bob')
  room.seat('cy')
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  const track = fakeTrack('video')
  await ada.mesh.setTrack('camera', track)
  room.fold(2, edge('ada', 'bob'), edge('ada', 'cy', 2))
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada').map(({ slots }) => slots)).toEqual([
    { ...EMPTY_SLOTS, camera: track },
    { ...EMPTY_SLOTS, camera: track },
  ])
  expect(room.network.last('ada').ports.tracks.camera).toBe(track)
})

test('a link that refuses a track starts over with it, and no caller has to catch anything', async () => {
  const room = new MeshRoom()
  const ada = room.seat('ada')
  room.seat('bob')
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  room.network.last('ada').refuseTracks = true
  const track = fakeTrack('video')
  await expect(ada.mesh.setTrack('camera', track)).resolves.toBeUndefined()
  expect(ada.links.at(-1)).toBe('bob recovering link_failed')
  await room.clock.advanceAsync(2000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
  expect(room.network.last('ada').slots.camera).toBe(track)
})

test('connections start when the certificate is there, or is known not to come', async () => {
  const room = new MeshRoom()
  const issued = { expires: 1 } as RTCCertificate
  let arrive: (certificate: RTCCertificate) => void = () => undefined
  const promise = new Promise<RTCCertificate>((resolve) => {
    arrive = resolve
  })
  room.seat('ada', {
    certificate: new SharedCertificate(
      () => promise,
      () => 0,
    ),
  })
  room.seat('bob', {
    certificate: new SharedCertificate(
      () => Promise.reject(new Error('no')),
      () => 0,
    ),
  })
  room.fold(1, edge('bob', 'ada'), edge('ada', 'cy'))
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada')).toEqual([])
  expect(room.network.last('bob').ports.certificate).toBeUndefined()
  arrive(issued)
  await room.clock.advanceAsync(100)
  expect(room.network.live('ada').map(({ ports }) => ports.certificate)).toEqual([issued, issued])
})

test('a link that is made after the certificate has ended takes another', async () => {
  const room = new MeshRoom()
  const DAY_MS = 24 * 60 * 60 * 1000
  let days = 0
  const make = async () => ({ expires: (days + 30) * DAY_MS }) as RTCCertificate
  room.seat('ada', { certificate: new SharedCertificate(make, () => days * DAY_MS) })
  const ends = () => room.network.live('ada').map(({ ports }) => (ports.certificate?.expires ?? 0) / DAY_MS)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(0)
  days = 29.5
  room.fold(2, edge('ada', 'bob'), edge('ada', 'cy', 2))
  await room.clock.advanceAsync(0)
  room.fold(3, edge('ada', 'bob'), edge('ada', 'cy', 2), edge('ada', 'di', 3))
  await room.clock.advanceAsync(0)
  expect(ends()).toEqual([30, 30, 59.5])
})

test('settings of ICE are those of the moment that a connection starts', async () => {
  const room = new MeshRoom()
  const ada = room.seat('ada', { iceTransportPolicy: 'relay' })
  ada.mesh.setIceServers([{ urls: 'stun:one' }])
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(0)
  ada.mesh.setIceServers([{ urls: 'stun:two' }])
  room.fold(2, edge('ada', 'bob'), edge('ada', 'cy', 2))
  await room.clock.advanceAsync(0)
  const ports = room.network.live('ada').map((transport) => transport.ports)
  expect(ports.map(({ iceServers }) => iceServers)).toEqual([[{ urls: 'stun:one' }], [{ urls: 'stun:two' }]])
  expect(ports.map(({ iceTransportPolicy }) => iceTransportPolicy)).toEqual(['relay', 'relay'])
})

test('TURN passwords that are renewed reach every connection that is there, and the next epoch', async () => {
  const room = new MeshRoom()
  const [ada] = [room.seat('ada'), room.seat('bob')]
  const server = (credential: string) => [{ urls: 'turn:one', username: 'ada', credential }]
  ada.mesh.setIceServers(server('first'))
  room.fold(1, edge('ada', 'bob'), edge('cy', 'ada'))
  await room.clock.advanceAsync(100)
  ada.mesh.setIceServers(server('second'))
  const { ports, iceServers } = room.network.last('ada')
  expect([ports.iceServers, iceServers]).toEqual([server('first'), server('second')])
  room.network.last('ada').fail('the network went')
  await room.clock.advanceAsync(60_000)
  expect(room.network.last('ada').ports.iceServers).toEqual(server('second'))
})

test('in a browser all links start at once', async () => {
  const room = new MeshRoom()
  room.seat('ada')
  room.fold(1, edge('ada', 'bob'), edge('ada', 'cy'), edge('ada', 'di'))
  await room.clock.advanceAsync(0)
  expect(room.network.live('ada')).toHaveLength(3)
})

test('where one at a time is better, the next link starts when the last is up', async () => {
  const room = new MeshRoom()
  room.network.oneAtATime = true
  const ada = room.seat('ada')
  for (const id of ['bob', 'cy', 'di']) room.seat(id)
  room.fold(1, edge('ada', 'bob'), edge('ada', 'cy'), edge('di', 'ada'))
  const opened: number[] = []
  for (let ms = 0; ms < 100; ms++) {
    await room.clock.advanceAsync(1)
    opened.push(room.network.live('ada').filter(({ connected }) => !connected).length)
  }
  expect(Math.max(...opened)).toBe(1)
  expect(ada.mesh.links().map(({ state }) => state)).toEqual(['connected', 'connected', 'connected'])
})

test('where one at a time is better, a link that fails gives its turn to the next', async () => {
  const room = new MeshRoom()
  room.network.oneAtATime = true
  const ada = room.seat('ada')
  room.seat('cy')
  room.fold(1, edge('ada', 'bob'), edge('ada', 'cy'))
  await room.clock.advanceAsync(9_000)
  // There is no bob.
  expect(room.network.live('ada')).toHaveLength(1)
  expect(ada.linkTo('cy')?.state).toBe('connecting')
  await room.clock.advanceAsync(1_100)
  expect(ada.linkTo('cy')?.state).toBe('connected')
  expect(ada.linkTo('bob')?.state).toBe('recovering')
})

test('after close nothing is called, nothing is left, and every call is harmless', async () => {
  const room = new MeshRoom()
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  room.fold(1, edge('ada', 'bob'), edge('ada', 'cy'))
  await room.clock.advanceAsync(100)
  ada.mesh.close()
  ada.mesh.close()
  const told = ada.links.length
  bob.mesh.close()
  room.fold(2, edge('ada', 'bob', 2))
  ada.mesh.receive({ type: 'signal', from: 'bob', epoch: { born: 1, n: 0 }, order: 9, body: offer })
  ada.mesh.networkChanged()
  ada.mesh.setIceServers([])
  await ada.mesh.setTrack('camera', fakeTrack('video'))
  await room.clock.advanceAsync(120_000)
  expect(ada.links).toHaveLength(told)
  expect(ada.mesh.links()).toEqual([])
  expect(room.network.transports.every(({ closed }) => closed)).toBe(true)
  expect(room.clock.waiting).toBe(0)
})

test('a close from inside a callback of the mesh takes effect at once', async () => {
  for (const moment of ['connecting', 'connected', 'recovering']) {
    const room = new MeshRoom()
    const told: string[] = []
    const ada = room.seat('ada', {
      onLink: (_peer, state) => {
        told.push(String(state))
        if (state === moment) ada.mesh.close()
      },
    })
    room.seat('bob')
    room.fold(1, edge('ada', 'bob'), edge('ada', 'cy'))
    await room.clock.advanceAsync(30_000)
    expect(told.filter((state) => state === moment)).toHaveLength(1)
    expect(told.at(-1)).toBe(moment)
    expect(room.network.live('ada')).toEqual([])
  }
})

const offer = { type: 'offer', sdp: sdp('offer 0'), layout: 1 } as const
