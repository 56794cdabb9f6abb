import { beforeEach, expect, test } from 'vitest'
import type { LiveStreamError } from '../../src/errors'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
})

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: LiveStreamError) => error.code,
  )

test('a microphone is open and silent; a camera waits for unmute, its constraints with it', async () => {
  await room.media.publish({ microphone: true, camera: { facingMode: 'environment' }, muted: true })
  expect(room.devices.prompts.map(({ constraints }) => constraints.video)).toEqual([false])
  expect(room.devices.live.map(({ enabled }) => enabled)).toEqual([false])
  expect([room.sent.microphone, room.sent.camera]).toEqual([null, null])
  for (const { published, muted } of [room.sources.microphone, room.sources.camera])
    expect({ published, muted }).toEqual({ published: true, muted: true })
  expect(room.announced.every((each) => Object.values(each).every(({ muted }) => muted))).toBe(true)
  await room.media.unmute('microphone')
  await room.media.unmute('camera')
  expect(room.devices.live.map(({ deviceId }) => deviceId)).toEqual(['default-microphone', 'rear'])
  expect(room.sent.camera).toBe(room.devices.live[1])
})

test('only what is listed is muted, with one prompt for what is opened', async () => {
  await room.media.publish({ microphone: true, camera: true, muted: ['microphone'] })
  expect(room.devices.prompts).toHaveLength(1)
  expect([room.sources.microphone.muted, room.sources.camera.muted]).toEqual([true, false])
})

test('`false` publishes nothing', async () => {
  await room.media.publish({ microphone: true, camera: false })
  expect([room.sources.microphone.published, room.sources.camera.published]).toEqual([true, false])
})

test('a track of the app is held and not sent', async () => {
  const own = new FakeTrack('video')
  await room.media.publish({ camera: asTrack(own), muted: true })
  expect([room.sent.camera, room.sources.camera.muted]).toEqual([null, true])
  await room.media.unmute('camera')
  expect(room.sent.camera).toBe(own)
})

test('what is live is muted, and what is muted stays so without the word', async () => {
  await room.media.publish({ microphone: true })
  await room.media.publish({ microphone: true, muted: true })
  expect([room.sent.microphone, room.sources.microphone.muted]).toEqual([null, true])
  await room.media.publish({ microphone: { deviceId: 'headset' }, muted: false })
  expect([room.sent.microphone, room.sources.microphone.muted]).toEqual([null, true])
})

test('a muted camera is not opened for other constraints: they count at the next unmute', async () => {
  await room.media.publish({ camera: true })
  await room.media.mute('camera')
  room.endFades()
  await room.media.publish({ camera: { facingMode: 'environment' } })
  expect(room.devices.live).toEqual([])
  await room.media.unmute('camera')
  expect(room.devices.live.map(({ deviceId }) => deviceId)).toEqual(['rear'])
})

test('an unmute before the reply opens the camera, and the room hears of both', async () => {
  room.repliesAtOnce = false
  const published = codeOf(room.media.publish({ camera: true, muted: true }))
  const unmuted = codeOf(room.media.unmute('camera'))
  await settled()
  while (room.pending.length > 0) {
    room.accept()
    await settled()
  }
  expect([await published, await unmuted]).toEqual(['ok', 'ok'])
  expect(room.sent.camera).toBe(room.devices.live[0])
  expect(room.sources.camera.muted).toBe(false)
})

test('a camera muted while its publish waits for the reply is opened by an unmute', async () => {
  room.repliesAtOnce = false
  const calls = [codeOf(room.media.publish({ camera: true }))]
  await settled()
  calls.push(codeOf(room.media.mute('camera')), codeOf(room.media.unmute('camera')))
  await settled()
  while (room.pending.length > 0) {
    room.accept()
    await settled()
  }
  expect(await Promise.all(calls)).toEqual(['ok', 'ok', 'ok'])
  expect(room.sent.camera).toBe(room.devices.live[0])
  expect(room.untold()).toEqual([])
})
