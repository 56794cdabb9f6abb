import { expect, test } from 'vitest'
import { type Seat, Seats } from '../../src/hosting/seats'
import { FakeConnection } from '../harness/fake-connection'

const seatOf = (participantId: string, connection: FakeConnection): Seat => ({
  participantId,
  attempt: 1,
  status: { type: 'connected', connection },
})

test('the open connections are those of the seats as they are now; a list that was given out before stays as it was', () => {
  const [ada, bob] = [new FakeConnection('a'), new FakeConnection('b')]
  const seats = new Seats()
  expect(seats.connections()).toEqual([])
  seats.put(seatOf('ada', ada))
  const alone = seats.connections()
  seats.put(seatOf('bob', bob))
  expect(alone).toEqual([ada])
  expect(seats.connections()).toEqual([ada, bob])
  expect(seats.connections('ada')).toEqual([bob])
  expect(seats.connections()).toEqual([ada, bob])
  const fork = seats.fork()
  fork.remove('ada')
  expect(fork.connections()).toEqual([bob])
  expect(seats.connections()).toEqual([ada, bob])
  seats.clear()
  expect(seats.connections()).toEqual([])
})
