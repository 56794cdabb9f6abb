// One device refused and the other not: the other one is published, the guilty one named, and the user is not asked twice.
import { beforeEach, expect, test } from 'vitest'
import type { LiveStreamError } from '../../src/errors'
import { settled } from '../harness/media-deferred'
import { asTrack, FakeTrack } from '../harness/media-devices'
import { MediaRoom } from '../harness/media-room'

let room: MediaRoom
beforeEach(() => {
  room = new MediaRoom()
})

const both = { camera: true, microphone: true }
const errorOf = (promise: Promise<unknown>): Promise<LiveStreamError> =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: LiveStreamError) => error,
  )

test.each([
  ['camera', 'default-microphone'],
  ['microphone', 'default-camera'],
] as const)(
  'a blocked %s is named, and the other one live with the one prompt that there is',
  async (source, other) => {
    room.permissions = { camera: 'prompt', microphone: 'prompt', [source]: 'denied' }
    room.devices.faults.set(`default-${source}`, 'NotAllowedError')
    const error = await errorOf(room.media.publish(both))
    expect(error).toMatchObject({ code: 'permission_denied', source, errors: undefined })
    expect(error.userAction).toContain(source)
    expect(room.devices.live.map(({ deviceId }) => deviceId)).toEqual([other])
    expect(room.devices.prompts.every(({ constraints }) => !(constraints.audio && constraints.video))).toBe(true)
  },
)

test('both allowed, and the system refuses the camera: the microphone is live', async () => {
  room.permissions = { camera: 'granted', microphone: 'granted' }
  room.devices.answer = (prompt) =>
    prompt.constraints.video ? prompt.refuse('NotAllowedError', 'Permission denied by system') : void prompt.allow()
  const error = await errorOf(room.media.publish(both))
  expect(error).toMatchObject({ source: 'camera', userAction: expect.stringContaining('privacy settings') })
  expect(room.sources.microphone.published).toBe(true)
})

test.each(['prompt', 'denied', undefined] as const)(
  'people who refuse a prompt for both are not asked again (%s)',
  async (after) => {
    room.permissions = { camera: after && 'prompt', microphone: after && 'prompt' }
    room.devices.answer = (prompt) => {
      room.permissions = { camera: after, microphone: after }
      prompt.refuse('NotAllowedError')
    }
    const error = await errorOf(room.media.publish(both))
    expect(room.devices.prompts).toHaveLength(1)
    expect(error.code).toBe('permission_denied')
    expect(error.errors?.map(({ source, code }) => [source, code])).toEqual([
      ['camera', 'permission_denied'],
      ['microphone', 'permission_denied'],
    ])
    for (const name of ['camera', 'microphone']) expect(error.userAction).toContain(`Allow the ${name}`)
  },
)

test('two failures of different kinds are told as one error with both', async () => {
  room.devices.faults.set('default-camera', 'NotReadableError')
  room.devices.gone.add('default-microphone')
  const error = await errorOf(room.media.publish(both))
  expect(error).toMatchObject({ code: 'device_in_use', retryable: true, source: undefined })
  expect(error.errors?.map(({ code }) => code)).toEqual(['device_in_use', 'no_device'])
  expect(error.message).toBe(
    'The camera cannot be opened: something else may be using it. There is no microphone, or it is gone.',
  )
})

test('a failure that both share is said once', async () => {
  room.hasDevices = false
  room.isSecure = false
  const { message, errors } = await errorOf(room.media.publish(both))
  expect(message).toBe(errors?.[0]?.message)
})

test('a policy is named: what the frame lacks, or the header', async () => {
  room.policy = { camera: false, screen: false }
  room.devices.faults.set('default-camera', 'NotAllowedError')
  expect(await errorOf(room.media.publish({ camera: true }))).toMatchObject({
    code: 'permission_denied',
    retryable: false,
    userAction: undefined,
    message: expect.stringContaining('Permissions-Policy forbids "camera"'),
  })
  room.isFramed = true
  room.devices.answer = (prompt) => prompt.refuse('NotAllowedError')
  for (const [call, allow] of [
    [room.media.publish({ camera: true }), 'allow="camera"'],
    [room.media.shareScreen(), 'allow="display-capture"'],
  ] as const)
    expect(await errorOf(call)).toMatchObject({
      code: 'permission_denied',
      message: expect.stringContaining(allow),
      userAction: expect.stringContaining('tab'),
    })
})

test('in a frame of a browser that tells of no policy, the error says what a frame needs', async () => {
  room.isFramed = true
  room.devices.answer = (prompt) => prompt.refuse('NotAllowedError')
  expect((await errorOf(room.media.publish({ camera: true }))).message).toContain('allow="camera"')
  expect(await errorOf(room.media.shareScreen())).toMatchObject({
    code: 'cancelled',
    message: expect.stringContaining('allow="display-capture"'),
  })
})

test.each(['camera', 'microphone'] as const)(
  'a %s that is forbidden while in use is told as that, and the user is not asked',
  async (source) => {
    await room.media.publish({ [source]: true })
    room.permissions = { [source]: 'denied' }
    room.devices.live[0]?.end()
    await settled()
    expect(room.errors.map(({ error }) => error)).toEqual([
      expect.objectContaining({ code: 'permission_denied', source, userAction: expect.stringContaining('Allow') }),
    ])
    expect(room.devices.prompts).toHaveLength(1)
    expect(room.sources[source]).toMatchObject({ published: true, interrupted: true })
  },
)

test('a permission that was reset is told as that: ids are hidden again', async () => {
  await room.media.publish({ camera: true })
  room.permissions = { camera: 'prompt' }
  room.devices.list = [{ kind: 'videoinput', deviceId: '', label: '' }]
  room.devices.live[0]?.end()
  await settled()
  expect(room.errors.map(({ error }) => error.code)).toEqual(['permission_denied'])
})

test("an app's track that ends is no reason to connect a camera", async () => {
  const own = new FakeTrack('video')
  await room.media.publish({ camera: asTrack(own) })
  own.end()
  await settled()
  expect(room.errors.map(({ error }) => [error.code, error.userAction])).toEqual([['no_device', undefined]])
})
