import { beforeEach, expect, test } from 'vitest'
import { LiveStreamError } from '../../src/errors'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
})

const forbidden = () => new LiveStreamError('forbidden', 'no')
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: LiveStreamError) => error.code,
  )

test('camera and microphone together show one prompt and are sent', async () => {
  await room.media.publish({ camera: true, microphone: true })
  expect(room.devices.prompts).toHaveLength(1)
  expect(room.sent.camera).toBe(asTrack(room.devices.live[1] as FakeTrack))
  expect(room.sources.microphone).toEqual({ published: true, muted: false, interrupted: false })
  expect(room.media.tracks().camera).toBe(room.sent.camera)
})

test('a first publish sends nothing before its reply', async () => {
  room.repliesAtOnce = false
  const published = room.media.publish({ microphone: true })
  await settled()
  expect(room.pending).toHaveLength(1)
  expect(room.sent.microphone).toBeNull()
  room.accept()
  await published
  expect(room.sent.microphone).not.toBeNull()
})

test('a refused announcement lets the device go', async () => {
  room.repliesAtOnce = false
  const published = codeOf(room.media.publish({ camera: true }))
  await settled()
  room.refuse(forbidden())
  expect(await published).toBe('forbidden')
  expect(room.devices.live).toEqual([])
  expect(room.sent.camera).toBeNull()
})

test('without a camera the microphone is live, and the camera error is told', async () => {
  room.devices.answer = (prompt) => (prompt.constraints.video ? prompt.refuse('NotFoundError') : prompt.allow())
  expect(await codeOf(room.media.publish({ camera: true, microphone: true }))).toBe('no_device')
  expect(room.sent.microphone).not.toBeNull()
  expect(room.sources.camera.published).toBe(false)
})

test('a refused prompt counts for both and is not asked again', async () => {
  room.devices.answer = (prompt) => prompt.refuse('NotAllowedError')
  expect(await codeOf(room.media.publish({ camera: true, microphone: true }))).toBe('permission_denied')
  expect(room.devices.prompts).toHaveLength(1)
  expect(room.announced).toEqual([])
})

test('a prompt that is allowed after unpublish leaves no device open', async () => {
  room.devices.answer = undefined
  const published = codeOf(room.media.publish({ camera: true, microphone: true }))
  await settled()
  await room.media.unpublish()
  expect(await published).toBe('aborted')
  room.devices.openPrompts[0]?.allow()
  await settled()
  expect(room.devices.live).toEqual([])
  expect(room.announced).toEqual([])
})

test('publish, unpublish, publish in one breath ends published, with one device and no deadlock', async () => {
  room.devices.answer = undefined
  const first = codeOf(room.media.publish({ camera: true }))
  const off = room.media.unpublish('camera')
  const second = codeOf(room.media.publish({ camera: true }))
  await settled()
  // The first request was gone before its turn, so that the user is not asked twice.
  expect(room.devices.prompts).toHaveLength(1)
  room.devices.prompts[0]?.allow()
  expect([await first, await off, await second]).toEqual(['aborted', undefined, 'ok'])
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.camera])
  expect(room.sources.camera.published).toBe(true)
})

test('publish, unpublish, publish while a prompt is open asks again, for the first may never be answered', async () => {
  room.devices.answer = undefined
  const first = codeOf(room.media.publish({ camera: true }))
  await settled()
  void room.media.unpublish('camera')
  const second = codeOf(room.media.publish({ camera: true }))
  await settled()
  expect(await first).toBe('aborted')
  for (const prompt of room.devices.openPrompts) prompt.allow()
  expect(await second).toBe('ok')
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.camera])
})

test('two requests for one device that both hold show one prompt at a time', async () => {
  room.devices.answer = undefined
  const camera = room.media.publish({ camera: true })
  await settled()
  const both = room.media.publish({ camera: true, microphone: true })
  await settled()
  expect(
    room.devices.openPrompts.map(({ constraints }) => [constraints.audio !== false, constraints.video !== false]),
  ).toEqual([
    [false, true],
    [true, false],
  ])
  for (const prompt of room.devices.openPrompts) prompt.allow()
  await Promise.all([camera, both])
  expect(room.devices.live).toHaveLength(2)
})

test('an unanswered prompt delays no other device, nor a later stay', async () => {
  room.devices.answer = undefined
  const first = codeOf(room.media.publish({ camera: true, microphone: true }))
  await settled()
  const other = codeOf(room.media.publish({ microphone: { deviceId: 'headset' } }))
  await settled()
  room.devices.prompts[1]?.allow()
  expect(await other).toBe('ok')
  expect(room.devices.live.map(({ deviceId }) => deviceId)).toEqual(['headset'])
  room.media.applyRemoteState(null, [])
  expect(await first).toBe('aborted')
  room.fold()
  const again = codeOf(room.media.publish({ camera: true }))
  await settled()
  room.devices.prompts[2]?.allow()
  expect(await again).toBe('ok')
  // The first prompt is answered after all: what it gives is let go.
  room.devices.prompts[0]?.allow()
  await settled()
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.camera])
})

test('unpublishing while the announcement is under way ends unpublished', async () => {
  room.repliesAtOnce = false
  const published = codeOf(room.media.publish({ microphone: true }))
  await settled()
  const off = codeOf(room.media.unpublish('microphone'))
  expect(room.devices.live).toEqual([])
  room.accept()
  room.accept()
  expect([await published, await off]).toEqual(['aborted', 'ok'])
  expect(room.sent.microphone).toBeNull()
  expect(room.sources.microphone.published).toBe(false)
})

test('publishing twice with true asks once, and keeps a mute', async () => {
  const both = [room.media.publish({ camera: true }), room.media.publish({ camera: true })]
  await Promise.all(both)
  expect(room.devices.prompts).toHaveLength(1)
  await room.media.mute('camera')
  await room.media.publish({ camera: true })
  expect(room.sources.camera.muted).toBe(true)
})

test('a muted microphone sends nothing, stays open and comes back at once', async () => {
  await room.media.publish({ microphone: true })
  const [track] = room.devices.live
  void room.media.mute('microphone')
  expect(room.sent.microphone).toBeNull()
  expect(track?.enabled).toBe(false)
  expect(track?.readyState).toBe('live')
  await settled()
  expect(room.sources.microphone.muted).toBe(true)
  void room.media.unmute('microphone')
  expect(room.sent.microphone).toBe(track)
  expect(track?.enabled).toBe(true)
})

test('a camera goes off with a black frame, and its light with it', async () => {
  await room.media.publish({ camera: true })
  const [track] = room.devices.live
  await room.media.mute('camera')
  expect([track?.enabled, track?.readyState]).toEqual([false, 'live'])
  expect(room.sent.camera).toBe(track)
  expect(room.media.tracks().camera).toBeNull()
  room.endFades()
  expect(room.sent.camera).toBeNull()
  expect(room.devices.live).toEqual([])
})

test('a camera comes back as the same device', async () => {
  await room.media.publish({ camera: { deviceId: { exact: 'rear' } } })
  await room.media.mute('camera')
  room.endFades()
  await room.media.unmute('camera')
  expect(room.devices.prompts[1]?.constraints.video).toMatchObject({ deviceId: { ideal: 'rear' } })
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.camera])
})

test('a camera switched on again before its black frame was out keeps its device', async () => {
  await room.media.publish({ camera: true })
  await room.media.mute('camera')
  await room.media.unmute('camera')
  expect(room.clock.waiting).toBe(0)
  expect(room.devices.prompts).toHaveLength(1)
  expect((room.sent.camera as FakeTrack | null)?.enabled).toBe(true)
})

test('a camera published again before its black frame was out leaves one device open', async () => {
  await room.media.publish({ camera: true })
  await room.media.unpublish('camera')
  await room.media.publish({ camera: true })
  room.endFades()
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.camera])
})

test('muting while the camera opens again leaves it off', async () => {
  await room.media.publish({ camera: true })
  await room.media.mute('camera')
  room.endFades()
  room.devices.answer = undefined
  const unmuted = codeOf(room.media.unmute('camera'))
  await settled()
  await room.media.mute('camera')
  room.devices.openPrompts[0]?.allow()
  expect(await unmuted).toBe('aborted')
  expect(room.devices.live).toEqual([])
  expect(room.sources.camera.muted).toBe(true)
})

test('muting before the reply publishes muted', async () => {
  room.repliesAtOnce = false
  const published = room.media.publish({ microphone: true })
  await settled()
  const muted = room.media.mute('microphone')
  room.accept()
  room.accept()
  await Promise.all([published, muted])
  expect(room.sent.microphone).toBeNull()
  expect(room.sources.microphone.muted).toBe(true)
})

test('an unmute that the server refuses is taken back', async () => {
  await room.media.publish({ microphone: true })
  await room.media.mute('microphone')
  room.repliesAtOnce = false
  const unmuted = codeOf(room.media.unmute('microphone'))
  room.refuse(forbidden())
  expect(await unmuted).toBe('forbidden')
  expect(room.sent.microphone).toBeNull()
  expect([room.sources.microphone.muted, room.untold()]).toEqual([true, []])
})

test('a mute that could not be told is a mute all the same', async () => {
  await room.media.publish({ microphone: true })
  room.repliesAtOnce = false
  const muted = codeOf(room.media.mute('microphone'))
  room.refuse(new LiveStreamError('unavailable', 'later'))
  expect(await muted).toBe('unavailable')
  expect(room.sent.microphone).toBeNull()
  room.repliesAtOnce = true
  await room.media.resync()
  expect(room.announced.at(-1)).toEqual({ microphone: { muted: true } })
  expect(room.sources.microphone.muted).toBe(true)
})

test('what is not published: mute and unpublish are harmless, unmute is an error', async () => {
  await room.media.mute('camera')
  await room.media.unpublish('camera')
  expect(await codeOf(room.media.unmute('camera'))).toBe('invalid')
  expect(room.announced).toEqual([])
})

test("an app's own track is never stopped, and handed back as it came", async () => {
  const own = new FakeTrack('video')
  await room.media.publish({ camera: asTrack(own) })
  await room.media.mute('camera')
  room.endFades()
  expect([own.enabled, own.readyState, room.sent.camera]).toEqual([false, 'live', null])
  await room.media.unmute('camera')
  expect(room.sent.camera).toBe(own)
  await room.media.unpublish('camera')
  room.endFades()
  await settled()
  expect([own.enabled, own.readyState, room.sent.camera]).toEqual([true, 'live', null])
})

test("an app's own track is silent until no link sends it any more", async () => {
  const own = new FakeTrack('audio')
  await room.media.publish({ microphone: asTrack(own) })
  let links = () => {}
  room.linksAreThrough = new Promise((resolve) => {
    links = resolve
  })
  await room.media.unpublish('microphone')
  await settled()
  expect([own.enabled, room.sent.microphone]).toEqual([false, null])
  links()
  await settled()
  expect(own.enabled).toBe(true)
})

test("an app's own camera that is replaced while it goes off is not switched on again behind that", async () => {
  const [own, other] = [new FakeTrack('video'), new FakeTrack('video')]
  await room.media.publish({ camera: asTrack(own) })
  await room.media.mute('camera')
  let links = () => {}
  room.linksAreThrough = new Promise((resolve) => {
    links = resolve
  })
  await room.media.publish({ camera: asTrack(other) })
  await settled()
  expect([own.enabled, room.sent.camera, room.sources.camera.muted]).toEqual([false, null, true])
  links()
  await settled()
  expect(own.enabled).toBe(true)
})

test("an app's own track that is taken again on its way back is given back once", async () => {
  const own = new FakeTrack('audio')
  await room.media.publish({ microphone: asTrack(own) })
  let links = () => {}
  room.linksAreThrough = new Promise((resolve) => {
    links = resolve
  })
  await room.media.unpublish('microphone')
  await room.media.publish({ microphone: asTrack(own) })
  await room.media.mute('microphone')
  links()
  await settled()
  expect(own.enabled).toBe(false)
  await room.media.unpublish('microphone')
  await settled()
  expect(own.enabled).toBe(true)
})

test("an app's tracks need no browser; a wrong or ended one is refused", async () => {
  room.hasDevices = false
  await room.media.publish({ microphone: asTrack(new FakeTrack('audio')) })
  expect(room.sources.microphone.published).toBe(true)
  expect(await codeOf(room.media.publish({ camera: asTrack(new FakeTrack('audio')) }))).toBe('unsatisfied_constraints')
  const ended = new FakeTrack('video')
  ended.stop()
  expect(await codeOf(room.media.publish({ camera: asTrack(ended) }))).toBe('no_device')
})

test('no devices: told apart by https', async () => {
  room.hasDevices = false
  expect(await codeOf(room.media.publish({ camera: true }))).toBe('not_supported')
  room.isSecure = false
  expect(await codeOf(room.media.publish({ camera: true }))).toBe('insecure_context')
  expect(await codeOf(room.media.devices())).toBe('insecure_context')
  expect(await codeOf(room.media.shareScreen())).toBe('insecure_context')
})

test('switching devices puts the new one in place and lets the old one go', async () => {
  await room.media.publish({ microphone: true })
  await room.media.switchDevice('microphone', 'headset')
  expect(room.devices.prompts[1]?.constraints.audio).toMatchObject({ deviceId: { exact: 'headset' } })
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.microphone])
  expect(room.announced).toHaveLength(1)
})

test('a device that cannot be had leaves the old one', async () => {
  await room.media.publish({ microphone: true })
  room.devices.answer = (prompt) => prompt.refuse('OverconstrainedError')
  expect(await codeOf(room.media.switchDevice('microphone', 'gone'))).toBe('unsatisfied_constraints')
  expect(room.devices.live.map(asTrack)).toEqual([room.sent.microphone])
})

test('a phone that opens one camera at a time is given the old one back first', async () => {
  await room.media.publish({ camera: true })
  room.devices.answer = (prompt) => (room.devices.live.length > 0 ? prompt.refuse('NotReadableError') : prompt.allow())
  await room.media.switchDevice('camera', 'rear')
  expect(room.devices.live.map((track) => track.deviceId)).toEqual(['rear'])
  expect(room.sent.camera).toBe(room.devices.live[0])
  expect(room.sources.camera.interrupted).toBe(false)
})

test.each([true, false])(
  'publish with a side lets the other camera go first, and gives it back if it must (held: %s)',
  async (isHeld) => {
    await room.media.publish({ camera: { facingMode: 'user' } })
    const isBusy = () => room.devices.live.some(({ kind }) => kind === 'video')
    room.devices.answer = (prompt) =>
      prompt.constraints.video && isBusy() ? prompt.refuse('NotReadableError') : void prompt.allow()
    if (isHeld) room.devices.faults.set('rear', 'NotReadableError')
    const flipped = await codeOf(
      room.media.publish({ camera: { facingMode: { exact: 'environment' } }, microphone: true }),
    )
    expect(flipped).toBe(isHeld ? 'device_in_use' : 'ok')
    const cameras = room.devices.live.filter(({ kind }) => kind === 'video')
    expect(cameras.map(({ deviceId }) => deviceId)).toEqual([isHeld ? 'front' : 'rear'])
    expect(room.sent.camera).toBe(cameras[0])
    expect(room.sources.camera).toEqual({ published: true, muted: false, interrupted: false })
  },
)

test('a camera that cannot be given back is told, and the room knows', async () => {
  await room.media.publish({ camera: true })
  room.devices.answer = (prompt) => prompt.refuse('NotReadableError')
  expect(await codeOf(room.media.switchDevice('camera', 'rear'))).toBe('device_in_use')
  expect(room.errors.map(({ error }) => error.code)).toEqual(['device_in_use'])
  expect(room.sources.camera).toMatchObject({ published: true, interrupted: true })
})

test('a device chosen while the camera is off is taken next time', async () => {
  await room.media.publish({ camera: true })
  await room.media.mute('camera')
  room.endFades()
  await room.media.switchDevice('camera', 'rear')
  await room.media.unmute('camera')
  expect(room.devices.live.map((track) => track.deviceId)).toEqual(['rear'])
})

test('devices are watched while in a room, and nothing is left at the browser after it', async () => {
  room.devices.list = [{ deviceId: 'a', kind: 'audioinput', label: 'Headset' }]
  room.media.applyRemoteState(null, [])
  room.devices.dispatchEvent(new Event('devicechange'))
  await settled()
  expect(room.deviceLists).toEqual([])
})

test('devices: names come after the first capture, and once for each change', async () => {
  room.devices.list = [{ deviceId: '', kind: 'audioinput', label: '' }]
  expect(await room.media.devices()).toEqual([])
  room.devices.list = [{ deviceId: 'a', kind: 'audioinput', label: 'Headset' }]
  await room.media.publish({ microphone: true })
  room.devices.dispatchEvent(new Event('devicechange'))
  room.devices.dispatchEvent(new Event('devicechange'))
  await settled()
  expect(room.deviceLists).toEqual([[{ deviceId: 'a', kind: 'audioinput', label: 'Headset' }]])
})
