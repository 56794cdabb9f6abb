// What an app hears of a call that fails, and what it shows to people.
import { afterEach, expect, test, vi } from 'vitest'
import { LiveStreamError } from '../../src/index'
import { FakeMediaDevices } from '../harness/media-devices'
import { RoomHouse } from '../harness/room-house'

let house: RoomHouse | undefined
afterEach(async () => {
  await house?.close()
  vi.unstubAllGlobals()
})

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: LiveStreamError) => error.code,
  )

test('a publish that the app itself ends is aborted, and emits no commandFailed', async () => {
  const devices = new FakeMediaDevices()
  devices.answer = undefined
  vi.stubGlobal('navigator', { mediaDevices: devices.asDevices })
  vi.stubGlobal('RTCPeerConnection', class {})
  house = new RoomHouse({})
  const ada = await house.join('Ada')
  const failed: string[] = []
  ada.on('commandFailed', ({ command, error }) => failed.push(`${command}: ${error.code}`))
  const published = codeOf(ada.media.publish({ camera: true }))
  await expect.poll(() => devices.openPrompts).toHaveLength(1)
  await ada.media.unpublish()
  expect(await published).toBe('aborted')
  // A call that fails otherwise comes after it, and is all that is heard.
  expect(await codeOf(ada.moderation.unban('none'))).toBe('ban_not_found')
  await expect.poll(() => failed).toEqual(['moderation.unban: ban_not_found'])
})

test('the text of an error is its message, then what a person can do', () => {
  const userAction = 'Allow the camera, then try again.'
  expect(new LiveStreamError('permission_denied', 'The camera is blocked.', { userAction }).text).toBe(
    'The camera is blocked. Allow the camera, then try again.',
  )
  expect(new LiveStreamError('permission_denied', 'The camera is blocked.').text).toBe('The camera is blocked.')
})
