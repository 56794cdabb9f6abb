import { expect, test } from 'vitest'
import { perform, send } from '../../src/hosting/effect'
import { FakeConnection } from '../harness/fake-connection'

class BrokenConnection extends FakeConnection {
  override send(): void {
    throw new Error('broken by a test')
  }
}

test('a connection that fails does not take the others of its message along', () => {
  const errors: object[] = []
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object) => errors.push(fields) }
  const [before, after] = [new FakeConnection('before'), new FakeConnection('after')]
  perform([send([before, new BrokenConnection('broken'), after], { type: 'heartbeat' })], logger)
  expect([before.types, after.types]).toEqual([['heartbeat'], ['heartbeat']])
  expect([before.flushes, after.flushes]).toEqual([1, 1])
  expect(errors).toHaveLength(1)
})
