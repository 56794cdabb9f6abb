import { afterEach, expect, test } from 'vitest'
import type { WebRtc } from '../../src/index'
import { NO_SOURCES, UNPUBLISHED } from '../../src/protocol'
import { Bench } from '../harness/bench'
import { asTrack, FakeStream, FakeTrack } from '../harness/media-devices'
import { roomOf } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

/** Alone in a room there are no links, so nothing but streams is ever made. */
const wrtc = { RTCPeerConnection: class {}, MediaStream: FakeStream } as unknown as WebRtc

const live = { published: true, muted: false, interrupted: false }

test('what is published goes on through an outage, and is told anew to a room that does not know of it', async () => {
  const [made, first] = await Bench.joined({ wrtc })
  bench = made
  const track = asTrack(new FakeTrack('audio'))
  const publishing = bench.client.media.publish({ microphone: track })
  const [{ id }] = await first.until('media.update')
  const sources = { ...NO_SOURCES, microphone: live }
  const changed = { type: 'media.changed', participantId: 'ada', sources }
  first.send(
    { type: 'event', logged: { seq: 3, at: 1, by: 'ada', event: changed } },
    { type: 'reply', re: id, ok: true, seq: 3 },
  )
  await publishing
  expect(bench.client.state.self?.sources.microphone).toEqual({ ...live, isLive: true, track })
  first.cut()
  await expect.poll(() => bench.client.state.status).toBe('reconnecting')
  expect(bench.client.state.self?.sources.microphone).toEqual({ ...live, isLive: true, track })

  const second = await bench.reconnected(2)
  const [ada] = roomOf().participants
  if (!ada) throw new Error('no Ada')
  second.welcome({ self: 'ada-2', room: roomOf({ instance: 'instance-2', participants: [{ ...ada, id: 'ada-2' }] }) })
  const [update] = await second.until('media.update')
  expect(update.sources).toEqual({ microphone: { published: true } })
})

test('after a resume the room knows already, and is told nothing', async () => {
  const [made, first] = await Bench.joined({ wrtc })
  bench = made
  first.cut()
  await expect.poll(() => bench.client.state.status).toBe('reconnecting')
  const second = await bench.reconnected(2)
  second.welcome({ events: [] })
  await expect.poll(() => bench.client.state.status).toBe('joined')
  void bench.client.reactions.send('🔥')
  await second.until('cast')
  expect(second.received('media.update')).toHaveLength(0)
  expect(bench.client.state.self?.sources.camera).toEqual({ ...UNPUBLISHED, isLive: false })
})
