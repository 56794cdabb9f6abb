import { DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { deadlines } from '../../src/room/room-life'
import { eventsOf, roomHarness } from '../harness/room-rules'

const nobodyAbsent = new Map<string, number>()

test('a room with all its participants needs no timer', () => {
  const room = roomHarness()
  room.enter('ada')
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, room.now)).toEqual({ due: [] })
})

test('an absent participant is lost at its time and not before', () => {
  const room = roomHarness()
  const [ada, bob] = [room.enter('ada'), room.enter('bob')]
  const absences = new Map([
    [bob, room.now + 60_000],
    [ada, room.now + 10_000],
  ])
  expect(deadlines(room.state, absences, DEFAULT_LIMITS, room.now + 9_999)).toEqual({
    due: [],
    nextAt: room.now + 10_000,
  })
  const lost = (participantId: string) => ({ type: 'session.end', participantId, reason: 'lost' })
  expect(deadlines(room.state, absences, DEFAULT_LIMITS, room.now + 10_000)).toEqual({
    due: [lost(ada)],
    nextAt: room.now + 60_000,
  })
  expect(deadlines(room.state, absences, DEFAULT_LIMITS, room.now + 99_999)).toEqual({ due: [lost(ada), lost(bob)] })
})

test('who is lost together with the host does not follow it: there is one succession', () => {
  const room = roomHarness()
  const host = room.enter('host', 'host')
  const [first, second, guest] = [room.enter('first', 'cohost'), room.enter('second', 'cohost'), room.enter('guest')]
  const absences = new Map([host, guest, first].map((id) => [id, room.now + 60_000]))
  const { due } = deadlines(room.state, absences, DEFAULT_LIMITS, room.now + 60_000)
  const roles = due.flatMap((each) => eventsOf(room.run(each))).filter(({ type }) => type === 'participant.roleChanged')
  expect(roles).toEqual([
    { type: 'participant.roleChanged', participantId: second, role: 'host', reason: 'succession' },
  ])
})

test('an absence of a participant that has left means nothing', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  room.enter('bob')
  room.leave(ada)
  expect(deadlines(room.state, new Map([[ada, room.now]]), DEFAULT_LIMITS, room.now)).toEqual({ due: [] })
})

test('an empty room ends after a while, counted from the last leave', () => {
  const room = roomHarness()
  const [ada, bob] = [room.enter('ada'), room.enter('bob')]
  room.leave(ada)
  room.pass(5000)
  room.leave(bob)
  const end = room.now + DEFAULT_LIMITS.emptyRoomMs
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, end - 1)).toEqual({ due: [], nextAt: end })
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, end)).toEqual({
    due: [{ type: 'room.end', reason: 'empty' }],
  })
})

test('a room whose own time is ahead of the clock is empty for as long by its own', () => {
  const room = roomHarness()
  room.leave(room.enter('ada'))
  const ahead = { empty: 3_600_000, hostGrace: 0 }
  const [now, end] = [room.now - ahead.empty, room.now - ahead.empty + DEFAULT_LIMITS.emptyRoomMs]
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, now, ahead)).toEqual({ due: [], nextAt: end })
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, end, ahead).due).toHaveLength(1)
})

test('a participant that joins an empty room keeps it open', () => {
  const room = roomHarness()
  room.leave(room.enter('ada'))
  room.pass(DEFAULT_LIMITS.emptyRoomMs - 1)
  const bob = room.enter('bob')
  room.pass(1)
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, room.now)).toEqual({ due: [] })
  room.leave(bob)
  expect(deadlines(room.state, nobodyAbsent, DEFAULT_LIMITS, room.now)).toEqual({
    due: [],
    nextAt: room.now + DEFAULT_LIMITS.emptyRoomMs,
  })
})

test('how long an empty room stays open is for its limits to say', () => {
  const room = roomHarness()
  room.leave(room.enter('ada'))
  const limits = { ...DEFAULT_LIMITS, emptyRoomMs: 86_400_000 }
  expect(deadlines(room.state, nobodyAbsent, limits, room.now)).toEqual({ due: [], nextAt: room.now + 86_400_000 })
})

test('an ended room has nothing to come', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  room.run({ type: 'room.end', reason: 'ended' })
  expect(deadlines(room.state, new Map([[ada, room.now]]), DEFAULT_LIMITS, room.now + 999_999)).toEqual({ due: [] })
})

test('what is due, when decided, leaves nothing due', () => {
  const room = roomHarness()
  const absences = new Map([[room.enter('ada'), room.now]])
  for (const command of deadlines(room.state, absences, DEFAULT_LIMITS, room.now).due) room.run(command)
  expect(deadlines(room.state, absences, DEFAULT_LIMITS, room.now).due).toEqual([])
  room.pass(DEFAULT_LIMITS.emptyRoomMs)
  for (const command of deadlines(room.state, absences, DEFAULT_LIMITS, room.now).due) room.run(command)
  expect(room.room.status).toBe('closed')
})
