// A device that the system takes, and one that goes away and comes back.
import { beforeEach, expect, test } from 'vitest'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
})

const live = () => room.devices.live.map(({ deviceId }) => deviceId)
const flags = () => {
  const { muted, interrupted } = room.sources.microphone
  return { muted, interrupted }
}

test('a capture that the system has muted from its start is interrupted, until the system gives it back', async () => {
  const own = Object.assign(new FakeTrack('audio'), { muted: true })
  await room.media.publish({ microphone: asTrack(own) })
  expect(flags()).toEqual({ muted: false, interrupted: true })
  own.interrupt(false)
  expect(flags()).toEqual({ muted: false, interrupted: false })
  expect(room.untold()).toEqual([])
})

test('one that takes the place of another is interrupted too', async () => {
  await room.media.publish({ microphone: true })
  await room.media.publish({ microphone: asTrack(Object.assign(new FakeTrack('audio'), { muted: true })) })
  expect(flags()).toEqual({ muted: false, interrupted: true })
})

test('an interruption before the reply is told after it', async () => {
  room.repliesAtOnce = false
  const published = room.media.publish({ microphone: true })
  await settled()
  room.devices.live[0]?.interrupt(true)
  while (room.pending.length > 0) room.accept()
  await published
  expect(flags()).toEqual({ muted: false, interrupted: true })
})

test("the app's mute and the system's are apart, whichever ends first", async () => {
  await room.media.publish({ microphone: true })
  const [track] = room.devices.live
  track?.interrupt(true)
  await room.media.mute('microphone')
  expect(flags()).toEqual({ muted: true, interrupted: true })
  await room.media.unmute('microphone')
  expect(flags()).toEqual({ muted: false, interrupted: true })
  await room.media.mute('microphone')
  track?.interrupt(false)
  expect(flags()).toEqual({ muted: true, interrupted: false })
  await room.media.unmute('microphone')
  expect(flags()).toEqual({ muted: false, interrupted: false })
})

test('a camera that comes back is taken again, and shown', async () => {
  await room.media.publish({ camera: { deviceId: { exact: 'desk' } } })
  room.devices.unplug('desk')
  await settled()
  expect(room.sources.camera.interrupted).toBe(true)
  room.devices.plug('desk', 'videoinput')
  await settled()
  expect(live()).toEqual(['desk'])
  expect(room.sent.camera).toBe(room.devices.live[0])
  expect(room.sources.camera).toEqual({ published: true, muted: false, interrupted: false })
})

test('a headset that comes back takes the place of what took its own, muted as it was', async () => {
  await room.media.publish({ microphone: { deviceId: { exact: 'headset' } } })
  room.devices.unplug('headset')
  await settled()
  expect(live()).toEqual(['default-microphone'])
  await room.media.mute('microphone')
  room.devices.plug('headset', 'audioinput')
  await settled()
  expect(live()).toEqual(['headset'])
  expect([room.sent.microphone, room.sources.microphone.muted]).toEqual([null, true])
})

test('a camera that is off when it comes back stays off, and unmute opens it', async () => {
  await room.media.publish({ camera: { deviceId: { exact: 'desk' } } })
  room.devices.unplug('desk')
  await settled()
  await room.media.mute('camera')
  room.devices.plug('desk', 'videoinput')
  await settled()
  expect(live()).toEqual([])
  await room.media.unmute('camera')
  expect(live()).toEqual(['desk'])
})

test('nothing is taken that was unpublished, replaced by choice, or would show a prompt', async () => {
  const lose = async () => {
    await room.media.publish({ camera: { deviceId: { exact: 'desk' } } })
    room.devices.unplug('desk')
    await settled()
  }
  const comesBack = async () => {
    room.devices.plug('desk', 'videoinput')
    await settled()
  }
  await lose()
  await room.media.unpublish('camera')
  await comesBack()
  expect(live()).toEqual([])
  await lose()
  await room.media.publish({ camera: { deviceId: { exact: 'front' } } })
  await comesBack()
  expect(live()).toEqual(['front'])
  await lose()
  room.permissions = { camera: 'prompt' }
  await comesBack()
  expect(live()).toEqual([])
})

test('an app that takes devices by itself is left alone', async () => {
  room = new MediaRoom({ reacquireDevices: false })
  await room.media.publish({ camera: { deviceId: { exact: 'desk' } } })
  room.devices.unplug('desk')
  room.devices.plug('desk', 'videoinput')
  await settled()
  expect([live(), room.sources.camera.interrupted]).toEqual([[], true])
})

test('a device that is back but cannot be opened yet is told, and tried again at the next change', async () => {
  await room.media.publish({ camera: { deviceId: { exact: 'desk' } } })
  room.devices.unplug('desk')
  await settled()
  room.devices.faults.set('desk', 'NotReadableError')
  room.devices.plug('desk', 'videoinput')
  await settled()
  expect(room.errors.map(({ error }) => error.code)).toEqual(['no_device', 'device_in_use'])
  room.devices.faults.clear()
  room.devices.plug('desk', 'videoinput')
  await settled()
  expect(live()).toEqual(['desk'])
})
