import { expect, test } from 'vitest'
import { evolve, MODES, mayActOn, mayGive, PERMISSIONS, permissionsOf, ROLES, type Room } from '../../src/protocol'

/** A room with one participant of each role, named by it. */
function roomOfAll(): Room {
  const opened = { type: 'room.opened', roomId: 'hall', instance: 'one', mode: MODES.studio } as const
  const first = evolve(undefined, { seq: 1, at: 1, by: null, event: opened })
  return ROLES.reduce((room, role) => {
    const event = { type: 'participant.joined', participant: { id: role, name: role, role } } as const
    return evolve(room, { seq: room.seq + 1, at: 1, by: role, event })
  }, first)
}

test('a participant may do what the row of its role says', () => {
  const room = roomOfAll()
  for (const role of ROLES) {
    const expected = Object.entries<readonly string[]>(PERMISSIONS).filter(([, roles]) => roles.includes(role))
    expect([...permissionsOf(room, role)]).toEqual(expected.map(([permission]) => permission))
  }
  expect(permissionsOf(room, 'viewer').has('publish')).toBe(false)
  expect(permissionsOf(room, 'cohost').has('endRoom')).toBe(false)
})

test('a participant that is not in the room may do nothing', () => {
  expect(permissionsOf(roomOfAll(), 'absent').size).toBe(0)
})

test('the set stays the same one until what it says changes', () => {
  const room = roomOfAll()
  const locked = evolve(room, { seq: room.seq + 1, at: 1, by: null, event: { type: 'room.locked' } })
  expect(permissionsOf(locked, 'host')).toBe(permissionsOf(room, 'host'))
})

test('hosts moderate all, cohosts those below them, and neither gives a role above its own', () => {
  expect(ROLES.filter((role) => mayActOn('host', role))).toEqual([...ROLES])
  expect(ROLES.filter((role) => mayActOn('cohost', role))).toEqual(['guest', 'viewer'])
  expect(ROLES.filter((role) => mayGive('cohost', role))).toEqual(['cohost', 'guest', 'viewer'])
})
