// Kick, ban, demotion and lock against every way back into a room. The same on real sockets: joining/ways-back.test.ts.
import type { Role } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import type { Decision, JoinDecision } from '../../src/room/command'
import { outcomeOf, type RoomHarness, roomHarness } from '../harness/room-rules'

/** Bob comes again. His place, if he still has one, was taken by `bob-session` on `page-one`, with the token of a guest. */
const WAYS: Record<string, (room: RoomHarness, id: string) => Decision | JoinDecision> = {
  'the same session and page (a new socket)': (room) => room.join('bob', { role: 'guest' }),
  'a new page of the same session (a reload)': (room) => room.join('bob', { role: 'guest', joinId: 'page-two' }),
  'another session (another tab or device)': (room) =>
    room.join('bob', { role: 'guest', session: 'another', joinId: 'page-two' }),
  'another session that says to be the same page': (room) => room.join('bob', { role: 'guest', session: 'another' }),
  'a fresh token with a higher role': (room) => room.join('bob', { role: 'cohost' }),
  'a fresh token of a host, in another session': (room) =>
    room.join('bob', { role: 'host', session: 'another', joinId: 'page-two' }),
  'a token with another name and other metadata': (room) =>
    room.join('bob', { role: 'guest', name: 'Robert', metadata: { team: 'blue' } }),
  'a fresh token in mid-session': (room, id) => {
    room.run({ type: 'session.refreshed', participantId: id, role: 'host' })
    return room.join('bob', { role: 'guest' })
  },
  'a rejoin after leaving': (room, id) => {
    room.leave(id)
    return room.join('bob', { role: 'guest' })
  },
  'a rejoin after the grace was over': (room, id) => {
    room.leave(id, 'lost')
    return room.join('bob', { role: 'guest', session: 'another' })
  },
  'a restart of the server': (room) => {
    room.restart()
    return room.join('bob', { role: 'guest' })
  },
  'a restart, and then leaving and a token of a host': (room, id) => {
    room.restart()
    room.leave(id)
    room.restart()
    return room.join('bob', { role: 'host', session: 'another' })
  },
  time: (room) => {
    room.pass(10 * 365 * 24 * 3_600_000)
    return room.join('bob', { role: 'guest' })
  },
}

const POLICIES = ['replace', 'reject'] as const
const TABLE = POLICIES.flatMap((policy) => Object.entries(WAYS).map(([way, come]) => ({ policy, way, come })))

/** With `reject`, another session of one who is there finds its own place taken. */
const verdictForKnown = (policy: (typeof POLICIES)[number], way: string) =>
  policy === 'reject' && way.includes('another session') ? 'superseded' : 'accepted'

/** A room with a host, whom Bob, by the token of `role`, has joined. */
function withBob(policy: (typeof POLICIES)[number], role: Role = 'guest') {
  const room = roomHarness({ duplicateSessions: policy })
  const host = room.enter('ada', 'host')
  return { room, host, bob: room.enter('bob', role) }
}

const isThere = (room: RoomHarness, name = 'bob') =>
  room.room.participants.some((each) => room.state.ledger.sessions.get(each.id)?.identity === name)

describe('a kick holds until the room closes, whatever token comes [R5.3]', () => {
  test.each(TABLE)('$policy: $way', ({ policy, come }) => {
    const { room, host, bob } = withBob(policy)
    room.ask(host, { type: 'moderation.kick', participantId: bob })
    expect(outcomeOf(come(room, bob))).toBe('removed')
    expect(isThere(room)).toBe(false)
  })

  test.each(TABLE.filter(({ way }) => way !== 'time'))(
    'for some minutes, until they are over; $policy: $way',
    (row) => {
      const { room, host, bob } = withBob(row.policy)
      room.ask(host, { type: 'moderation.kick', participantId: bob, minutes: 10 })
      room.pass(10 * 60_000 - 1)
      expect(outcomeOf(row.come(room, bob))).toBe('removed')
      room.pass(1)
      expect(outcomeOf(row.come(room, bob))).toBe('accepted')
    },
  )
})

describe('a ban holds until lifted, whatever token comes [R5.4]', () => {
  test.each(TABLE)('$policy: $way', ({ policy, come }) => {
    const { room, host, bob } = withBob(policy)
    room.ask(host, { type: 'moderation.ban', participantId: bob })
    expect(outcomeOf(come(room, bob))).toBe('removed')
    expect(isThere(room)).toBe(false)
    const [ban] = room.state.ledger.bans.values()
    room.ask(host, { type: 'moderation.unban', banId: ban?.id ?? '' })
    expect(outcomeOf(come(room, bob))).toBe('accepted')
  })
})

describe('a demotion survives a rejoin, whatever token comes [R5.5]', () => {
  test.each(TABLE)('$policy: $way', ({ policy, way, come }) => {
    const { room, host, bob } = withBob(policy, 'cohost')
    room.ask(host, { type: 'moderation.setRole', participantId: bob, role: 'viewer' })
    expect(outcomeOf(come(room, bob))).toBe(verdictForKnown(policy, way))
    expect(room.room.participants.map(({ role }) => role)).toEqual(['host', 'viewer'])
  })
})

describe('a lock keeps new identities out, and never one who comes back [R1.7]', () => {
  test.each(TABLE.filter(({ way }) => !/leaving|grace/.test(way)))('$policy: $way', ({ policy, way, come }) => {
    const { room, host, bob } = withBob(policy)
    room.ask(host, { type: 'moderation.lock' })
    expect(outcomeOf(come(room, bob))).toBe(verdictForKnown(policy, way))
    expect(room.room.participants.map(({ id }) => id)).toEqual([host, bob])
  })

  test.each(POLICIES)('%s: who has left is new', (policy) => {
    for (const reason of ['left', 'lost'] as const) {
      const { room, host, bob } = withBob(policy)
      room.ask(host, { type: 'moderation.lock' })
      room.leave(bob, reason)
      room.restart()
      for (const role of ['cohost', 'guest', 'viewer'] as const)
        expect(outcomeOf(room.join('bob', { role }))).toBe('room_locked')
      // The token alone makes a host, and a lock is not against hosts.
      expect(outcomeOf(room.join('bob', { role: 'host' }))).toBe('accepted')
    }
  })

  test('who was made less than a host has no way around it by a token of a host', () => {
    const { room, host, bob } = withBob('replace', 'host')
    room.ask(host, { type: 'moderation.setRole', participantId: bob, role: 'guest' })
    room.ask(host, { type: 'moderation.lock' })
    room.leave(bob)
    expect(outcomeOf(room.join('bob', { role: 'host' }))).toBe('room_locked')
  })
})

describe('when the room has closed and opens anew', () => {
  /** The next instance of a room id, as hosting opens it: all that it knows of the last one are its bans. */
  function reopened({ state }: RoomHarness): RoomHarness {
    const next = roomHarness({}, [...state.ledger.bans.values()])
    next.enter('ada', 'host')
    return next
  }

  test.each([
    ['a kick ends', { type: 'moderation.kick' }, 'accepted'],
    ['a ban stays', { type: 'moderation.ban' }, 'removed'],
    ['a demotion ends', { type: 'moderation.setRole', role: 'viewer' }, 'accepted'],
  ] as const)('%s', (_, asked, expected) => {
    const { room, host, bob } = withBob('replace')
    room.ask(host, { ...asked, participantId: bob })
    room.run({ type: 'room.end', reason: 'ended' })
    const next = reopened(room)
    expect(outcomeOf(next.join('bob', { role: 'guest' }))).toBe(expected)
    expect(next.room.participants.slice(1).map(({ role }) => role)).toEqual(expected === 'accepted' ? ['guest'] : [])
  })

  test('a lock ends', () => {
    const { room, host } = withBob('replace')
    room.ask(host, { type: 'moderation.lock' })
    room.run({ type: 'room.end', reason: 'ended' })
    expect(outcomeOf(reopened(room).join('eve'))).toBe('accepted')
  })

  test('a ban stays through any number of instances, until lifted [R5.4]', () => {
    const { room, host, bob } = withBob('replace')
    room.ask(host, { type: 'moderation.ban', participantId: bob })
    const third = reopened(reopened(room))
    expect(outcomeOf(third.join('bob'))).toBe('removed')
    const [ban] = third.state.ledger.bans.values()
    const ada = third.room.participants[0]?.id ?? ''
    third.ask(ada, { type: 'moderation.unban', banId: ban?.id ?? '' })
    expect(outcomeOf(reopened(third).join('bob'))).toBe('accepted')
  })
})
