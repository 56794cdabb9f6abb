// A phone: it opens one camera at a time, and takes a while for it.
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import type { LiveStreamError } from '../../src/errors'
import { settled } from '../harness/media-deferred'
import { asTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = phone()
})

/** The front camera and the rear one work; `held` is in use by another app, and `broken` fails in another way. */
function phone(): MediaRoom {
  const phone = new MediaRoom()
  const { devices } = phone
  phone.permissions = { camera: 'granted' }
  devices.faults.set('held', 'NotReadableError').set('broken', 'AbortError')
  // The hardware is taken from the call on, before its track is there.
  devices.answer = (prompt) => {
    if (devices.live.length > 0 || devices.openPrompts.length > 1) prompt.refuse('NotReadableError')
  }
  return phone
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: LiveStreamError) => error.code,
  )

const flip = ({ media }: MediaRoom, deviceId: string) =>
  codeOf(media.publish({ camera: { deviceId: { exact: deviceId } } }))

async function publishFront(room: MediaRoom): Promise<void> {
  const published = flip(room, 'front')
  await settled()
  room.devices.openPrompts[0]?.allow()
  await published
}

/** Every camera that is being opened comes to its end, until none is. */
async function finish(room: MediaRoom): Promise<void> {
  const { devices, clock } = room
  for (;;) {
    await settled()
    if (devices.openPrompts.length + clock.waiting === 0) return
    for (const prompt of devices.openPrompts) prompt.allow()
    room.endFades()
  }
}

const openCameras = ({ devices }: MediaRoom) => devices.live.map(({ deviceId }) => deviceId)

test.each([
  ['rear', 'ok', 'rear'],
  ['front', 'ok', 'front'],
  ['held', 'device_in_use', 'front'],
  ['broken', 'device_in_use', 'front'],
])('a flip to %s in the place of one that is opening ends %s, with the camera %s live', async (second, code, live) => {
  await publishFront(room)
  const first = flip(room, 'rear')
  await settled()
  expect([openCameras(room), room.devices.openPrompts.length]).toEqual([[], 1])
  const last = flip(room, second)
  await finish(room)
  expect(await Promise.all([first, last])).toEqual(['aborted', code])
  expect(openCameras(room)).toEqual([live])
  expect(room.sent.camera).toBe(room.devices.live[0])
  expect(room.sources.camera).toEqual({ published: true, muted: false, interrupted: false })
})

test('a camera that was unplugged is not replaced by another one when the one chosen next fails', async () => {
  await publishFront(room)
  room.devices.unplug('front')
  const chosen = flip(room, 'broken')
  await finish(room)
  expect(await chosen).toBe('device_in_use')
  expect(openCameras(room)).toEqual([])
  expect(room.sources.camera.interrupted).toBe(true)
})

test('a prompt that may be showing is not waited for', async () => {
  await publishFront(room)
  room.permissions = { camera: 'prompt' }
  room.devices.answer = undefined
  void flip(room, 'rear')
  await settled()
  void flip(room, 'front')
  await settled()
  expect(room.devices.openPrompts).toHaveLength(2)
})

type Step = { flip: string } | { switchTo: string } | 'mute' | 'unmute' | 'opened' | 'rest' | 'pass'

const camera = fc.constantFrom('front', 'rear', 'held', 'broken')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ flip: camera }) },
  { weight: 1, arbitrary: fc.record({ switchTo: camera }) },
  { weight: 3, arbitrary: fc.constantFrom('opened', 'rest') },
  { weight: 1, arbitrary: fc.constantFrom('mute', 'unmute', 'pass') },
)

function take(run: MediaRoom, step: Step): Promise<unknown> | undefined {
  if (typeof step === 'object')
    return 'flip' in step ? flip(run, step.flip) : codeOf(run.media.switchDevice('camera', step.switchTo))
  if (step === 'mute' || step === 'unmute') return codeOf(run.media[step]('camera'))
  if (step === 'pass') run.endFades()
  if (step === 'opened') run.devices.openPrompts[0]?.allow()
  return undefined
}

test('after any flips a camera that is published and not muted is live, and never are two opened at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      const run = phone()
      await publishFront(run)
      const calls: unknown[] = []
      for (const step of steps) {
        calls.push(take(run, step))
        if (step === 'opened' || step === 'rest') await settled()
        expect(run.devices.openPrompts.length).toBeLessThan(2)
      }
      await finish(run)
      await Promise.all(calls)
      const { published, muted, interrupted } = run.sources.camera
      expect(published).toBe(true)
      expect(run.devices.live.map(asTrack)).toEqual(muted ? [] : [run.sent.camera])
      if (!muted) expect(interrupted).toBe(false)
    }),
    // One that is prepared while the camera is off, and not opened since it came back before it was let go.
    { numRuns: 500, examples: [[['mute', { flip: 'held' }, 'unmute', { flip: 'broken' }]]] },
  )
})
