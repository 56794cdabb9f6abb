import { expect, test } from 'vitest'
import { LiveStreamError } from '../../src/errors'
import { deviceError } from '../../src/media/device-errors'
import { SOURCES } from '../../src/protocol'

const named = (name: string, message = '') => new DOMException(message, name)

test.each([
  ['camera', 'NotAllowedError', 'permission_denied', true],
  ['camera', 'SecurityError', 'permission_denied', true],
  ['camera', 'NotFoundError', 'no_device', true],
  ['microphone', 'NotReadableError', 'device_in_use', true],
  ['microphone', 'AbortError', 'device_in_use', true],
  ['camera', 'OverconstrainedError', 'unsatisfied_constraints', false],
  ['camera', 'TypeError', 'unsatisfied_constraints', false],
  ['screen', 'NotAllowedError', 'cancelled', true],
  ['screen', 'InvalidStateError', 'permission_denied', true],
  ['screen', 'NotSupportedError', 'not_supported', false],
  ['camera', 'SomethingNew', 'internal', true],
] as const)('%s: %s is %s', (source, name, code, retryable) => {
  const cause = named(name)
  expect(deviceError(source, cause)).toMatchObject({ code, retryable, cause })
})

test('the operating system that refuses a screen is not a closed picker', () => {
  const error = deviceError('screen', named('NotAllowedError', 'Permission denied by system'))
  expect(error.code).toBe('permission_denied')
  expect(error.userAction).toContain('privacy settings')
})

test('the constraint that no device meets is named', () => {
  const cause = Object.assign(named('OverconstrainedError'), { constraint: 'deviceId' })
  expect(deviceError('camera', cause).message).toContain('deviceId')
})

test('what a person can mend says how, for every source', () => {
  for (const source of SOURCES) {
    for (const name of ['NotFoundError', 'NotReadableError', 'OverconstrainedError', 'NotSupportedError']) {
      expect(deviceError(source, named(name)).userAction).toMatch(/^[A-Z].*\.$/)
    }
  }
})

test('an error of ours goes through as it is; anything else still becomes one', () => {
  const own = new LiveStreamError('aborted', 'later call')
  expect(deviceError('camera', own)).toBe(own)
  expect(deviceError('camera', undefined)).toMatchObject({ code: 'internal' })
})
