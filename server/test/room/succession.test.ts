import { DEFAULT_LIMITS, type Role } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { deadlines } from '../../src/room/room-life'
import { eventsOf, ON, outcomeOf, type RoomHarness, roomHarness, typesOf } from '../harness/room-rules'

const GRACE = DEFAULT_LIMITS.hostGraceMs

const succeeds = (participantId: string) => ({
  type: 'participant.roleChanged',
  participantId,
  role: 'host',
  reason: 'succession',
})

const waits = (room: RoomHarness) => ({ type: 'room.hostGraceStarted', until: room.now + GRACE })

const due = (room: RoomHarness, ahead = 0, loadedAt = 0) =>
  deadlines(room.state, new Map(), DEFAULT_LIMITS, room.now - ahead, { empty: 0, hostGrace: ahead }, loadedAt)

/** Lets time pass, and takes what is due by then. */
const passes = (room: RoomHarness, ms: number) => {
  room.pass(ms)
  return due(room).due.flatMap((command) => eventsOf(room.run(command)))
}

describe('a lost host is succeeded once, by rule', () => {
  test('at once by the cohost who has been so for longest, in the same append [R4.4]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    room.enter('guest', 'guest')
    const later = room.enter('later', 'cohost')
    const cohost = room.enter('cohost', 'cohost')
    room.ask(host, { type: 'moderation.setRole', participantId: later, role: 'guest' })
    room.ask(host, { type: 'moderation.setRole', participantId: later, role: 'cohost' })
    expect(eventsOf(room.leave(host, 'lost'))).toEqual([
      { type: 'participant.left', participantId: host, reason: 'lost' },
      succeeds(cohost),
    ])
    expect(room.room.hostGraceUntil).toBe(null)
    expect(due(room)).toEqual({ due: [] })
  })

  test('else by none for 60 s, then by the guest of longest standing that is one by its token [R4.4]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const promoted = room.enter('promoted', 'viewer')
    room.ask(promoted, { type: 'stage.request' })
    room.ask(host, { type: 'stage.approve', participantId: promoted })
    const first = room.enter('first', 'guest')
    room.enter('second', 'guest')
    const left = { type: 'participant.left', participantId: host, reason: 'left' }
    expect(eventsOf(room.leave(host))).toEqual([left, waits(room)])
    expect(room.room.hostGraceUntil).toBe(room.now + GRACE)
    expect(due(room)).toEqual({ due: [], nextAt: room.now + GRACE })
    expect(passes(room, GRACE - 1)).toEqual([])
    expect(passes(room, 1)).toEqual([succeeds(first)])
    expect(room.room.hostGraceUntil).toBe(null)
  })

  test('else the room goes on without one: who was promoted in the room, or is a viewer, does not follow [R4.4]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const promoted = room.enter('promoted', 'viewer')
    room.ask(promoted, { type: 'stage.request' })
    room.ask(host, { type: 'stage.approve', participantId: promoted })
    room.enter('viewer', 'viewer')
    expect(typesOf(room.leave(host))).toEqual(['participant.left', 'room.hostGraceStarted'])
    expect(passes(room, GRACE)).toEqual([{ type: 'room.hostGraceEnded' }])
    expect(room.room.hostGraceUntil).toBe(null)
    expect(due(room)).toEqual({ due: [] })
    room.enter('late guest', 'guest')
    expect(due(room)).toEqual({ due: [] })
  })

  test('nor does a viewer by token that an invitation or a host brought on stage', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const [invited, made] = [room.enter('invited'), room.enter('made')]
    room.ask(host, { type: 'stage.invite', participantId: invited })
    room.ask(invited, { type: 'stage.request' })
    room.ask(host, { type: 'moderation.setRole', participantId: made, role: 'guest' })
    room.leave(host)
    expect(passes(room, GRACE)).toEqual([{ type: 'room.hostGraceEnded' }])
  })

  test('nor does a guest that a fresh token has made a viewer, though a cohost lets it on stage again', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const guest = room.enter('guest', 'guest')
    room.run({ type: 'session.refreshed', participantId: guest, role: 'viewer' })
    room.ask(guest, { type: 'stage.request' })
    room.ask(host, { type: 'stage.approve', participantId: guest })
    expect(room.roleOf(guest)).toBe('guest')
    room.leave(host)
    expect(passes(room, GRACE)).toEqual([{ type: 'room.hostGraceEnded' }])
  })

  test('a guest by token that found the stage full, and was let on it later, may follow', () => {
    const room = roomHarness({ mode: { name: 'voice', maxOnStage: 2, sources: ['microphone'] } })
    const host = room.enter('host', 'host')
    const first = room.enter('first', 'guest')
    const second = room.enter('second', 'guest')
    room.ask(first, { type: 'stage.leave' })
    room.ask(second, { type: 'stage.request' })
    room.ask(host, { type: 'stage.approve', participantId: second })
    room.leave(host)
    expect(passes(room, GRACE)).toEqual([succeeds(second)])
  })

  test('not at all while another host is there, nor when another participant leaves', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    room.enter('other', 'host')
    const guest = room.enter('guest', 'guest')
    room.enter('cohost', 'cohost')
    expect(typesOf(room.leave(guest))).toEqual(['participant.left'])
    expect(typesOf(room.leave(host))).toEqual(['participant.left'])
  })

  test('the successor stays host after a rejoin, and a returning host token is host again [R4.5]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const guest = room.enter('guest', 'guest')
    room.leave(host)
    passes(room, GRACE)
    expect(room.roleOf(room.enter('host', 'host'))).toBe('host')
    room.leave(guest)
    expect(room.roleOf(room.enter('guest', 'guest'))).toBe('host')
  })

  test('a host that is erased is succeeded like any other', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    expect(eventsOf(room.run({ type: 'identity.erase', identity: 'host', messageIds: new Set() }))).toEqual([
      { type: 'participant.left', participantId: host, reason: 'removed' },
      waits(room),
    ])
  })
})

describe('while the room waits for a host', () => {
  function waiting() {
    const room = roomHarness()
    room.leave(room.enter('host', 'host'))
    const guest = room.enter('guest', 'guest')
    return { room, guest }
  }

  test("any host's token takes the room: the one that was lost, or another [R4.5]", () => {
    for (const identity of ['host', 'colleague']) {
      const { room, guest } = waiting()
      room.pass(GRACE - 1)
      expect(room.roleOf(room.enter(identity, 'host'))).toBe('host')
      expect(room.room.hostGraceUntil).toBe(null)
      expect(passes(room, 1)).toEqual([])
      expect(room.roleOf(guest)).toBe('guest')
    }
  })

  test('one place is kept for it, and a lock does not keep it out [R1.6, R1.7]', () => {
    const room = roomHarness({ limits: { ...DEFAULT_LIMITS, maxParticipants: 3 } })
    const host = room.enter('host', 'host')
    room.enter('ada')
    room.enter('bob')
    room.leave(host)
    expect(outcomeOf(room.join('cyd'))).toBe('room_full')
    const back = room.enter('host', 'host')
    room.ask(back, { type: 'moderation.lock' })
    room.leave(back)
    expect(outcomeOf(room.join('cyd', { role: 'cohost' }))).toBe('room_locked')
    expect(room.roleOf(room.enter('colleague', 'host'))).toBe('host')
  })

  test('a cohost that comes does not take it before the time is over, and then before any guest', () => {
    const { room } = waiting()
    const cohost = room.enter('cohost', 'cohost')
    expect(room.roleOf(cohost)).toBe('cohost')
    expect(passes(room, GRACE)).toEqual([succeeds(cohost)])
  })

  test('in dev mode a participant that joins is host at once', () => {
    const room = roomHarness({ firstIsHost: true })
    const host = room.enter('first')
    room.enter('second')
    room.leave(host)
    expect(room.room.hostGraceUntil).toBe(room.now + GRACE)
    expect(room.roleOf(room.enter('third'))).toBe('host')
    expect(room.room.hostGraceUntil).toBe(null)
  })

  test('the end of the room ends that too', () => {
    const { room } = waiting()
    room.run({ type: 'room.end', reason: 'ended' })
    expect(room.room.hostGraceUntil).toBe(null)
    expect(due(room)).toEqual({ due: [] })
  })

  test('who is lost as the time ends does not follow', () => {
    const { room, guest } = waiting()
    const second = room.enter('second', 'guest')
    room.pass(GRACE)
    const absences = new Map([[guest, room.now]])
    const events = deadlines(room.state, absences, DEFAULT_LIMITS, room.now).due.flatMap((each) =>
      eventsOf(room.run(each)),
    )
    expect(events).toEqual([{ type: 'participant.left', participantId: guest, reason: 'lost' }, succeeds(second)])
  })

  test('the time is that of the limits', () => {
    const limits = { ...DEFAULT_LIMITS, hostGraceMs: 5000 }
    const room = roomHarness({ limits })
    room.leave(room.enter('host', 'host'))
    expect(room.room.hostGraceUntil).toBe(room.now + 5000)
  })

  test("a room's own time, where that is ahead of the clock, is what counts", () => {
    const { room } = waiting()
    const ahead = 3_600_000
    room.pass(GRACE - 1)
    expect(due(room, ahead, -ahead)).toEqual({ due: [], nextAt: room.now - ahead + 1 })
    room.pass(1)
    expect(due(room, ahead, -ahead).due).toEqual([{ type: 'hostGrace.end' }])
  })

  test('a restart begins the time anew, and everybody is told until when [R4.7]', () => {
    const { room, guest } = waiting()
    room.pass(10 * GRACE)
    room.restart()
    const loadedAt = room.now
    expect(due(room, 0, loadedAt)).toEqual({ due: [{ type: 'hostGrace.renew' }] })
    for (const command of due(room, 0, loadedAt).due) expect(eventsOf(room.run(command))).toEqual([waits(room)])
    expect(due(room, 0, loadedAt)).toEqual({ due: [], nextAt: loadedAt + GRACE })
    room.pass(GRACE)
    for (const command of due(room, 0, loadedAt).due) room.run(command)
    expect(room.roleOf(guest)).toBe('host')
  })
})

describe('a host whose identity comes with a lesser token', () => {
  const WAYS = {
    'in another tab or device': { session: 'another', joinId: 'page-two' },
    'in the same tab': { joinId: 'page-two' },
  }
  const table = Object.entries(WAYS).flatMap(([way, returning]) =>
    (['guest', 'viewer', 'cohost'] as const).map((role) => ({ way, returning, role })),
  )

  /** A room with a host, a cohost, and a viewer that was let on stage. */
  function room() {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const cohost = room.enter('cohost', 'cohost')
    const promoted = room.enter('promoted', 'viewer')
    room.ask(promoted, { type: 'stage.request' })
    room.ask(host, { type: 'stage.approve', participantId: promoted })
    return { room, host, cohost, promoted }
  }

  const roles = (of: RoomHarness): Role[] => of.room.participants.map(({ role }) => role)

  test.each(table)(
    '$way, a $role: the room waits for a host, and none follows meanwhile [R4.6]',
    ({ returning, role }) => {
      const { room: hall, host } = room()
      hall.ask(host, { type: 'media.update', sources: { camera: ON } })
      const events = eventsOf(hall.join('host', { role, ...returning }))
      expect(events.filter(({ type }) => type === 'participant.roleChanged')).toEqual([
        { type: 'participant.roleChanged', participantId: host, role, reason: 'token' },
      ])
      expect(events).toContainEqual(waits(hall))
      expect(roles(hall)).toEqual([role, 'cohost', 'guest'])
    },
  )

  test.each(table)(
    "$way, a $role: it is host again when it returns with the host's token [R4.5]",
    ({ returning, role }) => {
      const { room: hall, host, cohost } = room()
      hall.join('host', { role, ...returning })
      hall.pass(GRACE - 1)
      const back = eventsOf(hall.join('host', { role: 'host', joinId: 'page-three' }))
      expect(back).toEqual([
        { type: 'participant.roleChanged', participantId: host, role: 'host', reason: 'token' },
        { type: 'participant.returned', participantId: host },
      ])
      expect(hall.room.hostGraceUntil).toBe(null)
      expect(passes(hall, 1)).toEqual([])
      expect(hall.roleOf(cohost)).toBe('cohost')
      expect(hall.state.ledger.sessions.get(host)?.tokenRole).toBe('host')
    },
  )

  test('the cohost follows when it did not come back', () => {
    const { room: hall, cohost } = room()
    hall.join('host', { role: 'guest', session: 'another' })
    expect(passes(hall, GRACE)).toEqual([succeeds(cohost)])
  })

  test('is back in a room that has no host any more, too [R4.5]', () => {
    const hall = roomHarness()
    const host = hall.enter('host', 'host')
    hall.join('host', { role: 'viewer', session: 'another' })
    expect(passes(hall, GRACE)).toEqual([{ type: 'room.hostGraceEnded' }])
    hall.join('host', { role: 'host', joinId: 'page-three' })
    expect(hall.roleOf(host)).toBe('host')
  })

  test('is not raised while the room has another host, nor where a moderator made it less [R5.5, R5.6]', () => {
    const { room: hall, host, cohost } = room()
    hall.join('host', { role: 'guest', session: 'another' })
    passes(hall, GRACE)
    hall.join('host', { role: 'host', joinId: 'page-three' })
    expect(hall.roleOf(host)).toBe('guest')
    hall.ask(cohost, { type: 'moderation.setRole', participantId: host, role: 'viewer' })
    hall.leave(cohost)
    hall.join('host', { role: 'host', joinId: 'page-four' })
    expect(hall.roleOf(host)).toBe('viewer')
  })

  test('a fresh token in mid-session, or of the same page, is what its backend wants: a cohost follows at once', () => {
    const ways: ((of: RoomHarness, id: string) => unknown)[] = [
      (of, participantId) => of.run({ type: 'session.refreshed', participantId, role: 'guest' }),
      (of) => of.join('host', { role: 'guest' }),
    ]
    for (const way of ways) {
      const { room: hall, host, cohost } = room()
      way(hall, host)
      expect(hall.roleOf(host)).toBe('guest')
      expect(hall.roleOf(cohost)).toBe('host')
    }
  })
})

describe('a host hands the room over', () => {
  test.each(['cohost', 'guest', 'viewer'] as const)('to a %s, then leaves: the room waits for no host', (role) => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const successor = room.enter('successor', role)
    room.enter('other', 'cohost')
    expect(outcomeOf(room.ask(host, { type: 'moderation.setRole', participantId: successor, role: 'host' }))).toBe(
      'accepted',
    )
    expect(typesOf(room.leave(host))).toEqual(['participant.left'])
    expect(room.roleOf(successor)).toBe('host')
  })

  test('and may step down instead of leaving', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const successor = room.enter('successor', 'guest')
    room.ask(host, { type: 'moderation.setRole', participantId: successor, role: 'host' })
    expect(typesOf(room.ask(host, { type: 'moderation.setRole', participantId: host, role: 'viewer' }))).toEqual([
      'participant.roleChanged',
    ])
    expect(room.roleOf(successor)).toBe('host')
  })
})
