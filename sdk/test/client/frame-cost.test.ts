// A frame that changes nothing costs nothing: most frames are heartbeats, replies, casts and chat.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebRtc } from '../../src/index'
import { LocalMedia } from '../../src/media/local-media'
import { Playback } from '../../src/media/playback'
import { RemoteStreams } from '../../src/media/remote-streams'
import { Mesh } from '../../src/peering/mesh'
import { Bench } from '../harness/bench'
import { chatSent, joined, type ScriptedConnection } from '../harness/scripted-server'

/** Nothing is linked here, so nothing of it is called. */
const wrtc: WebRtc = {
  RTCPeerConnection: class {},
  RTCSessionDescription: class {},
  RTCIceCandidate: class {},
  MediaStream: class {},
} as unknown as WebRtc

let bench: Bench
let line: ScriptedConnection
let touched: string[]

beforeEach(async () => {
  touched = []
  const count = <T extends object>(prototype: T, name: keyof T & string, as: string) => {
    const original = prototype[name] as (...given: unknown[]) => unknown
    vi.spyOn(prototype as Record<string, () => unknown>, name).mockImplementation(function (
      this: T,
      ...given: never[]
    ) {
      touched.push(as)
      return original.apply(this, given)
    } as () => unknown)
  }
  count(Mesh.prototype, 'update', 'mesh')
  count(LocalMedia.prototype, 'applyRemoteState', 'local media')
  count(RemoteStreams.prototype, 'update', 'remote streams')
  count(Playback.prototype, 'update', 'playback')
  ;[bench, line] = await Bench.joined({ wrtc })
  touched.length = 0
})

afterEach(() => {
  bench.close()
  vi.restoreAllMocks()
})

test('a heartbeat and a cast make no new state, and touch neither links nor media', async () => {
  const { client } = bench
  const before = client.getState()
  const notified = vi.fn()
  client.subscribe(notified)
  line.send({ type: 'heartbeat' })
  line.send({ type: 'cast', from: 'ada', cast: { type: 'reaction', emoji: '👏' } })
  await expect.poll(() => bench.names()).toContain('reaction')
  expect(client.getState()).toBe(before)
  expect(notified).not.toHaveBeenCalled()
  expect(touched).toEqual([])
})

test('a chat message is a new state in which all else is the same, and touches neither links nor media', async () => {
  const { client } = bench
  const { messages: _before, ...others } = client.getState()
  line.send(chatSent(3, 'hello'))
  await expect.poll(() => client.getState().messages).toHaveLength(1)
  for (const [name, value] of Object.entries(others)) expect(Reflect.get(client.getState(), name), name).toBe(value)
  expect(touched).toEqual([])
})

test('a participant that joins is passed to the links and the media, once', async () => {
  line.send(joined(3, 'ben'))
  await expect.poll(() => bench.client.getState().participants).toHaveLength(2)
  // What plays is looked at for the new link, too.
  expect(touched.filter((part) => part !== 'playback')).toEqual(['mesh', 'local media', 'remote streams'])
})
