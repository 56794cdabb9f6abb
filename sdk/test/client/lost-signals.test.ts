import { afterEach, expect, test } from 'vitest'
import type { WebRtc } from '../../src/index'
import { Bench } from '../harness/bench'
import { FakeStream } from '../harness/media-devices'
import { roomOf } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

/** A connection that never gets anywhere. */
class Stuck {
  createDataChannel() {
    return { close: () => undefined }
  }
  setRemoteDescription() {
    return new Promise(() => undefined)
  }
  close() {}
}
const wrtc = {
  RTCPeerConnection: Stuck,
  RTCSessionDescription: class {},
  MediaStream: FakeStream,
} as unknown as WebRtc

const sdp = ['v=0', ...['audio', 'video', 'video', 'audio', 'application'].map((kind) => `m=${kind} 9 X 0`)].join(
  '\r\n',
)

/** Bob was there first, so he offers. */
function roomWithBob() {
  const [ada] = roomOf().participants
  if (!ada) throw new Error('no Ada')
  return roomOf({
    participants: [{ ...ada, id: 'bob', name: 'Bob' }, ada],
    edges: [{ offerer: 'bob', answerer: 'ada', born: 2 }],
  })
}

test.each([0, 1])(
  'an offer is asked for anew as soon as the connection is back, where %i had come before it was lost [R9.6]',
  async (offers) => {
    bench = await Bench.open({ wrtc })
    const joining = bench.client.join()
    const first = await bench.server.connection(1)
    first.welcome({ room: roomWithBob() })
    await joining
    const body = { type: 'offer', sdp, layout: 1 }
    if (offers > 0) first.send({ type: 'signal', from: 'bob', epoch: { born: 2, n: 0 }, order: 0, body })
    first.send({ type: 'cast', from: 'bob', cast: { type: 'reaction', emoji: '🔥' } })
    await expect.poll(() => bench.names()).toContain('reaction')
    first.cut()
    await expect.poll(() => bench.client.state.status).toBe('reconnecting')
    const second = await bench.reconnected(2)
    second.welcome({ events: [] })
    const [signal] = await second.until('signal')
    expect(signal).toMatchObject({ to: 'bob', epoch: { born: 2, n: 0 }, body: { type: 'restart' } })
    expect(first.received('signal')).toEqual([])
  },
)
