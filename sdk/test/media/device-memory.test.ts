// What is asked of the browser next: as the last capture that succeeded, never as one that failed.
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import type { LiveStreamError } from '../../src/errors'
import { settled } from '../harness/media-deferred'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
  room.devices.gone.add('gone')
  room.devices.faults.set('held', 'NotReadableError')
})

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: LiveStreamError) => error.code,
  )

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: LiveStreamError) => error,
  )

const exact = (deviceId: string) => ({ camera: { deviceId: { exact: deviceId } } })
const live = () => room.devices.live.map(({ deviceId }) => deviceId)

test('after a publish that failed, `true` asks for any device', async () => {
  expect(await codeOf(room.media.publish(exact('gone')))).toBe('unsatisfied_constraints')
  await room.media.publish({ camera: true })
  expect(live()).toEqual(['default-camera'])
})

test('a failed change of a live camera spoils neither unmute nor a later stay', async () => {
  await room.media.publish(exact('desk'))
  expect(await codeOf(room.media.publish(exact('gone')))).toBe('unsatisfied_constraints')
  expect(await codeOf(room.media.switchDevice('camera', 'gone'))).toBe('unsatisfied_constraints')
  await room.media.mute('camera')
  room.endFades()
  await room.media.unmute('camera')
  expect(live()).toEqual(['desk'])
  room.media.applyRemoteState(null, [])
  room.fold()
  await room.media.publish({ camera: true })
  expect(live()).toEqual(['desk'])
})

test('a publish that fails is told to its own call alone', async () => {
  await room.media.publish({ camera: true })
  const failed = codeOf(room.media.publish(exact('gone')))
  const beside = codeOf(room.media.publish({ camera: true }))
  expect([await failed, await beside]).toEqual(['unsatisfied_constraints', 'ok'])
  expect(await codeOf(room.media.publish({ camera: true, microphone: true }))).toBe('ok')
})

test('requests for any device, made while one for a certain device is under way, outlive its failure', async () => {
  const calls = [
    room.media.publish(exact('gone')),
    room.media.publish({ camera: true }),
    room.media.publish({ camera: true }),
  ]
  expect(await Promise.all(calls.map(codeOf))).toEqual(['unsatisfied_constraints', 'ok', 'ok'])
  expect(live()).toEqual(['default-camera'])
  expect(room.devices.prompts).toHaveLength(2)
})

test('a refused prompt is not shown again for a wish that waited for it', async () => {
  room.devices.answer = (prompt) => prompt.refuse('NotAllowedError')
  const calls = [room.media.publish({ camera: true }), room.media.publish({ camera: true })]
  expect(await Promise.all(calls.map(codeOf))).toEqual(['permission_denied', 'permission_denied'])
  expect(room.devices.prompts).toHaveLength(1)
})

test('after a failed flip, off and on opens the camera that was on', async () => {
  room.devices.faults.set('rear', 'NotReadableError')
  await room.media.publish({ camera: { facingMode: 'user' } })
  expect(await codeOf(room.media.publish({ camera: { facingMode: 'environment' } }))).toBe('device_in_use')
  await room.media.mute('camera')
  room.endFades()
  await room.media.unmute('camera')
  expect(live()).toEqual(['front'])
})

test.each([true, false])('a chosen device takes the place of a side of the phone (while on: %s)', async (isOn) => {
  await room.media.publish({ camera: { facingMode: 'environment', width: 320 } })
  if (isOn) await room.media.switchDevice('camera', 'front')
  await room.media.mute('camera')
  room.endFades()
  if (!isOn) await room.media.switchDevice('camera', 'front')
  await room.media.unmute('camera')
  expect(live()).toEqual(['front'])
  expect(room.devices.prompts.at(-1)?.constraints.video).toMatchObject({ width: 320 })
})

type Step =
  | { do: 'publish'; device: string | true; side: boolean }
  | { do: 'switch'; device: string }
  | { do: 'mute' | 'unmute' | 'unpublish' | 'again' | 'pass' | 'rest' }

const GOOD = ['desk', 'front']
const device = fc.constantFrom(...GOOD, 'gone', 'held', 'rear')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('publish' as const),
    device: fc.oneof(fc.constant(true as const), device),
    side: fc.boolean(),
  }),
  fc.record({ do: fc.constant('switch' as const), device }),
  fc.record({ do: fc.constantFrom('mute', 'unmute', 'unpublish', 'again', 'pass', 'rest') }) as fc.Arbitrary<Step>,
)

/** Calls that name no device that fails may be overtaken, never spoiled. */
const isFair = (error: LiveStreamError | undefined) => !error || ['aborted', 'invalid'].includes(error.code)

function call(run: MediaRoom, step: Step): Promise<unknown> | undefined {
  const { media } = run
  switch (step.do) {
    case 'publish': {
      if (step.device === true) return media.publish({ camera: true })
      const side = step.device === 'rear' ? 'environment' : 'user'
      return media.publish({ camera: step.side ? { facingMode: { exact: side } } : exact(step.device).camera })
    }
    case 'switch':
      return media.switchDevice('camera', step.device)
    case 'mute':
    case 'unmute':
    case 'unpublish':
      return media[step.do]('camera')
    case 'again':
      media.applyRemoteState(null, [])
      return
    case 'pass':
      run.endFades()
      return
    case 'rest':
      return
  }
}

/** Whether a step names a device that fails. */
function isImpossible(step: Step | undefined): boolean {
  if (!step || !('device' in step) || step.device === true) return false
  return step.do === 'publish' && step.side ? step.device === 'rear' : !GOOD.includes(step.device)
}

test('whatever fails, a call that asks for nothing impossible succeeds, and the device used last is the next one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), fc.boolean(), async (steps, oneByOne) => {
      room = new MediaRoom()
      room.devices.gone.add('gone')
      for (const id of ['held', 'rear']) room.devices.faults.set(id, 'NotReadableError')
      const outcomes: { step: Step; error: Promise<LiveStreamError | undefined> }[] = []
      // What is chosen while the camera is off is kept for next time, and tried once.
      const kept: Step[] = []
      for (const step of steps) {
        const mayBeOff = oneByOne ? room.sources.camera.muted : steps.some((each) => each.do === 'mute')
        if (step.do === 'switch' || (step.do === 'publish' && step.device !== true && mayBeOff)) kept.push(step)
        const result = call(room, step)
        if (step.do === 'again') room.fold()
        if (result) outcomes.push({ step, error: errorOf(result) })
        if (oneByOne || step.do === 'rest') await settled()
      }
      const errors = await Promise.all(outcomes.map(({ error }) => error))
      // Calls of `unmute` that wait for one device are told the same error.
      const spoiled = new Set(errors.filter((error, i) => !isImpossible(outcomes[i]?.step) && !isFair(error)))
      const last = room.devices.tracks.at(-1)?.deviceId ?? 'default-camera'
      await room.media.unpublish('camera')
      const isSpoiled = (await codeOf(room.media.publish({ camera: true }))) !== 'ok'
      expect(spoiled.size + Number(isSpoiled)).toBeLessThanOrEqual(kept.filter(isImpossible).length)
      expect(await codeOf(room.media.publish({ camera: true }))).toBe('ok')
      if (oneByOne && kept.length === 0) expect(live()).toEqual([last])
    }),
    { numRuns: 1000 },
  )
})
