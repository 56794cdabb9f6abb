import { expect, test } from 'vitest'
import { deadlines, EMPTY_ROOM_MS } from '../../src/room'
import { eventsOf, roomHarness } from './harness'

const nobodyAbsent = new Map<string, number>()

test('a room with all its participants needs no timer', () => {
  const room = roomHarness()
  room.enter('ada')
  expect(deadlines(room.state, nobodyAbsent, room.now)).toEqual({ due: [] })
})

test('whoever is absent is lost at its time and not before', () => {
  const room = roomHarness()
  const [ada, bob] = [room.enter('ada'), room.enter('bob')]
  const absences = new Map([
    [bob, room.now + 60_000],
    [ada, room.now + 10_000],
  ])
  expect(deadlines(room.state, absences, room.now + 9_999)).toEqual({ due: [], nextAt: room.now + 10_000 })
  const lost = (participantId: string) => ({ type: 'session.end', participantId, reason: 'lost' })
  expect(deadlines(room.state, absences, room.now + 10_000)).toEqual({ due: [lost(ada)], nextAt: room.now + 60_000 })
  expect(deadlines(room.state, absences, room.now + 99_999)).toEqual({ due: [lost(ada), lost(bob)] })
})

test('who is lost together with the host does not follow it: there is one succession', () => {
  const room = roomHarness()
  const host = room.enter('host', 'host')
  const [first, second, guest] = [room.enter('first', 'cohost'), room.enter('second', 'cohost'), room.enter('guest')]
  const absences = new Map([host, guest, first].map((id) => [id, room.now + 60_000]))
  const { due } = deadlines(room.state, absences, room.now + 60_000)
  const roles = due.flatMap((each) => eventsOf(room.run(each))).filter(({ type }) => type === 'participant.roleChanged')
  expect(roles).toEqual([
    { type: 'participant.roleChanged', participantId: second, role: 'host', reason: 'succession' },
  ])
})

test('an absence of somebody who has left means nothing', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  room.enter('bob')
  room.leave(ada)
  expect(deadlines(room.state, new Map([[ada, room.now]]), room.now)).toEqual({ due: [] })
})

test('an empty room ends after a while, counted from the last leave', () => {
  const room = roomHarness()
  const [ada, bob] = [room.enter('ada'), room.enter('bob')]
  room.leave(ada)
  room.pass(5000)
  room.leave(bob)
  const end = room.now + EMPTY_ROOM_MS
  expect(deadlines(room.state, nobodyAbsent, end - 1)).toEqual({ due: [], nextAt: end })
  expect(deadlines(room.state, nobodyAbsent, end)).toEqual({ due: [{ type: 'room.end', reason: 'empty' }] })
})

test('whoever comes into an empty room keeps it open', () => {
  const room = roomHarness()
  room.leave(room.enter('ada'))
  room.pass(EMPTY_ROOM_MS - 1)
  const bob = room.enter('bob')
  room.pass(1)
  expect(deadlines(room.state, nobodyAbsent, room.now)).toEqual({ due: [] })
  room.leave(bob)
  expect(deadlines(room.state, nobodyAbsent, room.now)).toEqual({ due: [], nextAt: room.now + EMPTY_ROOM_MS })
})

test('an ended room has nothing to come', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  room.run({ type: 'room.end', reason: 'ended' })
  expect(deadlines(room.state, new Map([[ada, room.now]]), room.now + 999_999)).toEqual({ due: [] })
})

test('what is due, when decided, leaves nothing due', () => {
  const room = roomHarness()
  const absences = new Map([[room.enter('ada'), room.now]])
  for (const command of deadlines(room.state, absences, room.now).due) room.run(command)
  expect(deadlines(room.state, absences, room.now).due).toEqual([])
  room.pass(EMPTY_ROOM_MS)
  for (const command of deadlines(room.state, absences, room.now).due) room.run(command)
  expect(room.room.status).toBe('closed')
})
