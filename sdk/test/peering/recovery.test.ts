// How a link starts over: only that one, for as long as its edge exists.
import { expect, test } from 'vitest'
import { restartDelay } from '../../src/peering/link-timing'
import { LAYOUT } from '../../src/protocol'
import { sdp } from '../harness/fake-transport'
import { arrived, edge, MeshRoom, type Sent } from '../harness/mesh-room'

/** Two that are connected, or would be if the pipe or the network let them. */
async function twoLinked(prepare: (room: MeshRoom) => void = () => undefined) {
  const room = new MeshRoom()
  const [ada, bob] = [room.seat('ada'), room.seat('bob')]
  prepare(room)
  room.fold(1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  return { room, ada, bob }
}

test('a connection that fails is followed by the next epoch, and no other link is touched [R9.3]', async () => {
  const { room, ada, bob } = await twoLinked()
  room.seat('cy')
  room.fold(2, edge('ada', 'bob'), edge('ada', 'cy', 2))
  await room.clock.advanceAsync(100)
  const toCy = room.network.last('ada')
  room.network.live('ada')[0]?.fail('the way is gone')
  expect(ada.links.at(-1)).toBe('bob recovering link_failed')
  expect(ada.errors.at(-1)).toMatchObject({ code: 'link_failed', retryable: true })
  await room.clock.advanceAsync(1000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { born: 1, n: 1 } })
  expect(bob.linkTo('ada')).toMatchObject({ state: 'connected', epoch: { born: 1, n: 1 } })
  expect(bob.links).toEqual(['ada connecting', 'ada connected', 'ada recovering link_failed', 'ada connected'])
  expect(toCy.connected).toBe(true)
})

test('an offer that is lost is made again after ten seconds', async () => {
  let lost = 0
  const { room, ada, bob } = await twoLinked((it) => {
    it.pipe = ({ body }) => (body.type === 'offer' && lost++ === 0 ? [] : [1])
  })
  await room.clock.advanceAsync(9_800)
  expect(room.sentBy('ada')).toEqual(['offer 0'])
  await room.clock.advanceAsync(1_000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
  expect(bob.linkTo('ada')?.state).toBe('connected')
})

test('where only the answerer has lost the connection, it asks, and the offerer starts over once', async () => {
  const { room, ada, bob } = await twoLinked((it) => {
    it.pipe = ({ body }) => (body.type === 'restart' ? [1, 2, 3] : [1])
  })
  room.network.last('bob').fail('the way is gone')
  await room.clock.advanceAsync(1000)
  expect(room.sentBy('bob')).toEqual(['answer 0', 'restart 0', 'answer 1'])
  expect(room.sentBy('ada')).toEqual(['offer 0', 'offer 1'])
  expect(ada.linkTo('bob')?.state).toBe('connected')
  expect(bob.linkTo('ada')?.state).toBe('connected')
})

test('the answerer asks again when its asking was lost', async () => {
  let lost = 0
  const { room, ada } = await twoLinked((it) => {
    it.pipe = ({ body }) => (body.type === 'restart' && lost++ === 0 ? [] : [1])
  })
  room.network.last('bob').fail('the way is gone')
  await room.clock.advanceAsync(12_000)
  expect(room.sentBy('bob')).toEqual(['answer 0', 'restart 0', 'restart 0', 'answer 1'])
  expect(ada.linkTo('bob')?.state).toBe('connected')
})

test('an answerer that gets no offer says so after ten seconds, asks for nothing, and takes the offer when it comes', async () => {
  let reach = false
  const { room, bob } = await twoLinked((it) => {
    it.pipe = () => (reach ? [1] : [])
  })
  await room.clock.advanceAsync(60_000)
  expect(room.sentBy('bob')).toEqual([])
  expect(bob.links).toEqual(['ada connecting', 'ada recovering link_failed'])
  reach = true
  await room.clock.advanceAsync(45_000)
  expect(bob.linkTo('ada')?.state).toBe('connected')
})

test('pauses grow with each failure in a row up to 30 s, half of them by chance', () => {
  expect([1, 2, 3, 7, 50].map((failures) => restartDelay(failures, () => 1))).toEqual([500, 1000, 2000, 30_000, 30_000])
  expect(restartDelay(3, () => 0)).toBe(1000)
})

test('a pair that cannot connect tries on for as long as the edge exists, with one connection at a time [R9.3]', async () => {
  const { room, ada } = await twoLinked((it) => {
    it.network.reachable = false
  })
  await room.clock.advanceAsync(600_000)
  const tries = room.sentBy('ada').length
  expect(tries).toBeGreaterThan(10)
  expect(tries).toBeLessThan(40)
  expect(room.network.live('ada').length).toBeLessThanOrEqual(1)
  room.network.reachable = true
  await room.clock.advanceAsync(60_000)
  expect(ada.linkTo('bob')?.state).toBe('connected')
  room.fold(2)
  await room.clock.advanceAsync(60_000)
  expect(room.clock.waiting).toBe(0)
})

test('what was up for a while and is lost comes back as fast as the first time', async () => {
  const { room, ada } = await twoLinked((it) => {
    it.network.reachable = false
  })
  await room.clock.advanceAsync(120_000)
  room.network.reachable = true
  await room.clock.advanceAsync(60_000)
  room.network.last('ada').fail('the way is gone')
  await room.clock.advanceAsync(500)
  expect(ada.linkTo('bob')?.state).toBe('connected')
})

test('a link that waits to start over does so at once when the network changed', async () => {
  const { room, ada, bob } = await twoLinked((it) => {
    it.network.reachable = false
  })
  await room.clock.advanceAsync(300_000)
  while (ada.linkTo('bob')?.state !== 'recovering' || room.network.live('ada').length > 0)
    await room.clock.advanceAsync(500)
  room.network.reachable = true
  ada.mesh.networkChanged()
  bob.mesh.networkChanged()
  await room.clock.advanceAsync(100)
  expect(ada.linkTo('bob')?.state).toBe('connected')
  expect(bob.linkTo('ada')?.state).toBe('connected')
})

test('the reason names TURN when both heard of each other, found no way, and there is no TURN server', async () => {
  const { room, ada, bob } = await twoLinked((it) => {
    it.network.reachable = false
  })
  await room.clock.advanceAsync(11_000)
  expect(ada.links.at(-1)).toBe('bob recovering turn_needed')
  expect(bob.errors.at(-1)).toMatchObject({ code: 'turn_needed', retryable: true })
})

test('it does not when there is one, nor when the signals were lost, nor after the link was up', async () => {
  const withTurn = await twoLinked((it) => {
    it.network.reachable = false
  })
  withTurn.ada.mesh.setIceServers([{ urls: ['stun:a', 'turns:b'] }])
  const unheard = await twoLinked((it) => {
    it.pipe = () => []
  })
  const wasUp = await twoLinked()
  wasUp.room.network.last('ada').fail('the way is gone')
  for (const { room } of [withTurn, unheard]) await room.clock.advanceAsync(11_000)
  expect(withTurn.room.network.live('ada')).toHaveLength(1)
  expect(withTurn.ada.links.at(-1)).toBe('bob recovering link_failed')
  expect(unheard.ada.links.at(-1)).toBe('bob recovering link_failed')
  expect(wasUp.ada.links.at(-1)).toBe('bob recovering link_failed')
})

test('a relay candidate says that there is TURN, in a description or alone', async () => {
  const relay = 'candidate:4 1 udp 41819903 198.51.100.1 60000 typ relay'
  const alone = { type: 'candidate', candidate: relay, sdpMid: '0', sdpMLineIndex: 0 } as const
  for (const body of [alone, { type: 'offer', sdp: sdp(`a=${relay}`), layout: LAYOUT }] as const) {
    const { room, ada } = await twoLinked((it) => {
      it.network.reachable = false
    })
    room.network.last('ada').ports.events.signal(body, 0)
    await room.clock.advanceAsync(11_000)
    expect(ada.links.at(-1)).toBe('bob recovering link_failed')
  }
})

test('a browser that can open no connection is tried again', async () => {
  const { room, ada } = await twoLinked((it) => {
    it.network.refuseOpen = true
  })
  expect(ada.links).toContain('bob recovering link_failed')
  room.network.refuseOpen = false
  await room.clock.advanceAsync(20_000)
  expect(ada.linkTo('bob')?.state).toBe('connected')
})

test('signals of an epoch that is over, doubles, and offers of an answerer change nothing', async () => {
  const { room, ada, bob } = await twoLinked()
  room.network.last('bob').fail('the way is gone')
  await room.clock.advanceAsync(1000)
  const [fromAda, fromBob] = [room.network.last('bob'), room.network.last('ada')]
  expect(room.sentBy('bob')).toEqual(['answer 0', 'restart 0', 'answer 1'])
  const seen = [fromAda.accepted.length, fromBob.accepted.length]
  for (const signal of [...room.sent]) seatOf(signal).mesh.receive(arrived(signal))
  const first = room.sent[0] as Sent
  ada.mesh.receive({ ...arrived(first), from: 'bob', epoch: { born: 1, n: 7 } })
  await room.clock.advanceAsync(1000)
  expect([fromAda.accepted.length, fromBob.accepted.length]).toEqual(seen)
  expect(room.network.live('ada')).toEqual([fromBob])
  expect(ada.linkTo('bob')?.state).toBe('connected')

  function seatOf({ to }: Sent) {
    return to === 'ada' ? ada : bob
  }
})

/** Kinds of the signals that one has sent for ICE restarts: `offer of restart 1`. */
const restartsBy = (room: MeshRoom, id: string) =>
  room.sent.flatMap(({ from, body, epoch }) =>
    from === id && (epoch.restarts !== undefined || body.type === 'iceRestart')
      ? [`${body.type} of restart ${epoch.restarts ?? 0}`]
      : [],
  )

test('a path that is lost is replaced within the same connection, whichever side loses it [R9.10]', async () => {
  for (const side of ['ada', 'bob']) {
    const { room, ada, bob } = await twoLinked()
    room.network.last(side).losePath('lost')
    await room.clock.advanceAsync(1_000)
    expect(restartsBy(room, 'ada')).toEqual(['offer of restart 1'])
    expect(restartsBy(room, 'bob')).toEqual([
      ...(side === 'bob' ? ['iceRestart of restart 0'] : []),
      'answer of restart 1',
    ])
    for (const [seat, other] of [
      [ada, 'bob'],
      [bob, 'ada'],
    ] as const) {
      expect(seat.linkTo(other)).toMatchObject({ state: 'connected', epoch: { n: 0, restarts: 1 } })
    }
    expect((side === 'ada' ? ada : bob).links.slice(-2)).toEqual(
      side === 'ada' ? ['bob unwell', 'bob connected'] : ['ada unwell', 'ada connected'],
    )
    expect(room.network.transports).toHaveLength(2)
  }
})

test('where no other path is found, the pair starts over with a new connection', async () => {
  const { room, ada } = await twoLinked()
  room.network.reachable = false
  room.network.last('ada').losePath('lost')
  await room.clock.advanceAsync(8_100)
  room.network.reachable = true
  await room.clock.advanceAsync(1_000)
  expect(ada.links.slice(-3)).toEqual(['bob unwell', 'bob recovering link_failed', 'bob connected'])
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 1 } })
  expect(ada.linkTo('bob')?.epoch.restarts).toBeUndefined()
})

test('while the server is away nothing is tried; with its return links that are unwell restart ICE at once [R9.6, R9.10]', async () => {
  const { room, ada } = await twoLinked()
  ada.mesh.signalingLost()
  room.network.last('ada').losePath('unwell')
  await room.clock.advanceAsync(15_000)
  room.network.last('ada').losePath('lost')
  await room.clock.advanceAsync(20_000)
  expect(restartsBy(room, 'ada')).toEqual([])
  room.back('ada', 1, edge('ada', 'bob'))
  await room.clock.advanceAsync(100)
  expect(restartsBy(room, 'ada')).toEqual(['offer of restart 1'])
  expect(ada.linkTo('bob')?.state).toBe('connected')
})

test('an offer of a restart that is lost is sent again, and late signals of the one before are dropped', async () => {
  let lost = 0
  const { room, ada, bob } = await twoLinked()
  room.pipe = ({ body, epoch }) => {
    if (epoch.restarts === 1 && body.type === 'answer') return [5_000]
    return body.type === 'offer' && lost++ === 0 ? [] : [1]
  }
  room.network.last('ada').losePath('lost')
  await room.clock.advanceAsync(10_000)
  expect(restartsBy(room, 'ada')).toEqual(['offer of restart 1', 'offer of restart 2'])
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0, restarts: 2 } })
  expect(bob.linkTo('ada')?.state).toBe('connected')
  expect(room.network.last('ada').accepted.filter(({ type }) => type === 'answer')).toHaveLength(2)
})

test('what is published and does not arrive makes the link unwell, and others are not touched [R9.12]', async () => {
  const { room, ada } = await twoLinked()
  room.seat('cy')
  room.fold(2, edge('ada', 'bob'), edge('ada', 'cy', 2))
  await room.clock.advanceAsync(100)
  const [fromBob, fromCy] = room.network.live('ada')
  ada.mesh.expect(new Map([...['bob', 'cy'].map((id) => [id, ['microphone']] as const)]))
  const hear = async (ms: number, ...heard: (typeof fromBob)[]) => {
    for (let passed = 0; passed < ms; passed += 100) {
      for (const transport of heard) if (transport) transport.arrivals.microphone = room.clock.now()
      await room.clock.advanceAsync(100)
    }
  }
  await hear(5_000, fromBob, fromCy)
  await hear(1_000, fromCy)
  expect(ada.links.at(-1)).toBe('bob unwell')
  expect(ada.health.at(-1)).toBe('unwell')
  await hear(1_000)
  expect(ada.links.at(-1)).toBe('cy unwell')
  const told = ada.health.length
  await hear(1_000)
  expect(ada.health.slice(told)).toContain('all unwell')
  expect(ada.health.at(-1)).toBe('all unwell')
  await hear(1_000, fromBob, fromCy)
  expect(ada.links.slice(-2).sort()).toEqual(['bob connected', 'cy connected'])
  expect(ada.health.at(-1)).toBe('well')
  ada.mesh.close()
  await room.clock.advanceAsync(10)
})

test('a side that asks for restarts without end is obeyed seldom, and no connection is made for it', async () => {
  const { room } = await twoLinked()
  for (let n = 0; n < 1_000; n++) {
    room.carry({ from: 'bob', to: 'ada', epoch: { born: 1, n: 0 }, order: n, body: { type: 'iceRestart' } })
    await room.clock.advanceAsync(60)
  }
  expect(restartsBy(room, 'ada').length).toBeLessThan(10)
  expect(room.network.transports).toHaveLength(2)
})

test('a link that is gone does not count as unwell', async () => {
  const { room, ada } = await twoLinked()
  room.network.last('ada').losePath('lost')
  expect(ada.health.at(-1)).toBe('all unwell')
  room.fold(2)
  expect(ada.health.at(-1)).toBe('well')
})

test('an answerer that counts restarts itself does not keep the offerer from its own', async () => {
  const { room, ada } = await twoLinked()
  const epoch = { born: 1, n: 0, restarts: 1_000_000 }
  room.carry({ from: 'bob', to: 'ada', epoch, order: 0, body: { type: 'offer', sdp: sdp('offer 1'), layout: LAYOUT } })
  await room.clock.advanceAsync(10)
  room.network.last('ada').losePath('lost')
  await room.clock.advanceAsync(1_000)
  expect(ada.linkTo('bob')).toMatchObject({ state: 'connected', epoch: { n: 0, restarts: 1 } })
})

test('a connection that has no statistics any more when there is another TURN password is left alone', async () => {
  const { room, ada } = await twoLinked()
  room.network.last('ada').getStats = () => Promise.reject(new DOMException('closed', 'InvalidStateError'))
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', note)
  ada.mesh.setIceServers([{ urls: 'turn:127.0.0.1:1', username: 'ada', credential: 'fresh' }])
  await room.clock.advanceAsync(3_000)
  await new Promise(setImmediate)
  process.off('unhandledRejection', note)
  expect(rejections).toEqual([])
  expect(ada.links).toEqual(['bob connecting', 'bob connected'])
})
