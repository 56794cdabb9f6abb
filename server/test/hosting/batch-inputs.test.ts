import { expect, test } from 'vitest'
import { InputQueue } from '../../src/hosting/batch-inputs'
import type { JoinRequest } from '../../src/hosting/input'
import { FakeConnection } from '../harness/fake-connection'

const joinRequest = (connection: FakeConnection): JoinRequest => ({
  type: 'join',
  connection,
  claims: { identity: connection.id, name: connection.id, role: 'guest' },
  sessionHash: connection.id,
  joinId: 'a stay',
  attempt: 1,
  iceServers: [],
  seated: () => {},
  offered: () => {},
})
const gone = (connection: FakeConnection) => ({ type: 'gone', connection, departure: 'lost' }) as const

test('a full queue takes the end of connections in the room or waiting for it, and of no other [R7.8]', () => {
  const [seated, waiting, rejected] = [new FakeConnection('a'), new FakeConnection('b'), new FakeConnection('c')]
  const queue = new InputQueue(1)
  const offer = (input: Parameters<InputQueue['offer']>[0]) => queue.offer(input, (each) => each === seated)
  expect(offer(joinRequest(waiting))).toBe(true)
  expect(offer(joinRequest(rejected))).toBe(false)
  expect([waiting, seated, rejected].map((each) => offer(gone(each)))).toEqual([true, true, false])
  expect(offer({ type: 'tick' })).toBe(true)
  expect(queue.takeBatch().map(({ type }) => type)).toEqual(['join', 'gone', 'gone', 'tick'])
  expect(offer(joinRequest(rejected))).toBe(true)
})
