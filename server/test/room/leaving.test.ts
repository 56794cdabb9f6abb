import { MODES } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { eventsOf, ON, roomHarness, typesOf } from '../harness/room-rules'

describe('a participant that leaves', () => {
  test('takes hand and invitation along', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const [ada, bob] = [room.enter('ada'), room.enter('bob')]
    room.ask(ada, { type: 'stage.request' })
    room.ask(host, { type: 'stage.invite', participantId: bob })
    room.leave(ada)
    room.leave(bob)
    expect(room.room.stageRequests).toEqual([])
    expect(room.room.invitations).toEqual([])
  })

  test('leaves once, though a leave and a deadline cross', () => {
    const room = roomHarness()
    const ada = room.enter('ada')
    room.enter('bob')
    expect(typesOf(room.leave(ada, 'left'))).toEqual(['participant.left'])
    expect(typesOf(room.leave(ada, 'lost'))).toEqual([])
  })

  test('is a new participant on the next visit, with the role that a moderator gave [R4.5, R5.5]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const cohost = room.enter('cohost', 'cohost')
    const viewer = room.enter('viewer')
    room.ask(host, { type: 'moderation.setRole', participantId: cohost, role: 'viewer' })
    room.ask(host, { type: 'moderation.setRole', participantId: viewer, role: 'cohost' })
    room.leave(cohost)
    room.leave(viewer)
    const again = room.enter('cohost', 'cohost')
    expect(again).not.toBe(cohost)
    expect(room.roleOf(again)).toBe('viewer')
    expect(room.roleOf(room.enter('viewer', 'viewer'))).toBe('cohost')
  })

  test('stays demoted in dev mode too, where the room has no host', () => {
    const room = roomHarness({ firstIsHost: true })
    const host = room.enter('host')
    const ada = room.enter('ada', 'guest')
    room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'viewer' })
    room.leave(ada)
    room.leave(host)
    expect(room.roleOf(room.enter('ada', 'guest'))).toBe('viewer')
    expect(room.roleOf(room.enter('bob'))).toBe('host')
  })
})

describe('a fresh token in mid-session', () => {
  const refresh = (
    room: ReturnType<typeof roomHarness>,
    participantId: string,
    role: 'host' | 'cohost' | 'guest' | 'viewer',
  ) => room.run({ type: 'session.refreshed', participantId, role })

  test('lowers: what was published is out of the room first [R5.6]', () => {
    const room = roomHarness()
    const ada = room.enter('ada', 'cohost')
    room.ask(ada, { type: 'media.update', sources: { microphone: ON } })
    expect(typesOf(refresh(room, ada, 'guest'))).toEqual(['participant.roleChanged'])
    expect(typesOf(refresh(room, ada, 'viewer'))).toEqual(['media.changed', 'participant.roleChanged'])
    expect(room.roleOf(ada)).toBe('viewer')
  })

  test('never raises [R5.6]', () => {
    const room = roomHarness()
    const ada = room.enter('ada', 'viewer')
    for (const role of ['guest', 'cohost', 'host'] as const) expect(typesOf(refresh(room, ada, role))).toEqual([])
  })

  test('leaves alone what a moderator gave', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const ada = room.enter('ada', 'guest')
    room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'cohost' })
    expect(typesOf(refresh(room, ada, 'viewer'))).toEqual([])
    expect(room.roleOf(ada)).toBe('cohost')
  })

  test('leaves alone who was made host by dev mode, and who sits in the audience because the stage was full', () => {
    const room = roomHarness({ firstIsHost: true, mode: { ...MODES.studio, maxOnStage: 1 } })
    const first = room.enter('first', 'viewer')
    const guest = room.enter('guest', 'guest')
    expect(typesOf(refresh(room, first, 'viewer'))).toEqual([])
    expect(typesOf(refresh(room, guest, 'guest'))).toEqual([])
    expect(room.roleOf(guest)).toBe('viewer')
  })

  test('a last host that it lowers is succeeded by another, never by itself', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const cohost = room.enter('cohost', 'cohost')
    expect(eventsOf(refresh(room, host, 'cohost'))).toEqual([
      { type: 'participant.roleChanged', participantId: host, role: 'cohost', reason: 'token' },
      { type: 'participant.roleChanged', participantId: cohost, role: 'host', reason: 'succession' },
    ])
  })

  test('of a participant that has left is nothing', () => {
    const room = roomHarness()
    room.enter('host', 'host')
    expect(typesOf(refresh(room, 'unknown', 'viewer'))).toEqual([])
  })
})
