import { MODES, NO_SOURCES } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { eventsOf, ON, outcomeOf, roomHarness, typesOf } from '../harness/room-rules'

function audience(maxOnStage = 20) {
  const room = roomHarness({ mode: { ...MODES.studio, maxOnStage } })
  return { room, host: room.enter('host', 'host'), ada: room.enter('ada'), bob: room.enter('bob') }
}

describe('a raised hand', () => {
  test('is seen by all, once', () => {
    const { room, ada } = audience()
    expect(eventsOf(room.ask(ada, { type: 'stage.request' }))).toEqual([
      { type: 'stage.requested', participantId: ada },
    ])
    expect(typesOf(room.ask(ada, { type: 'stage.request' }))).toEqual([])
    expect(room.room.stageRequests).toEqual([{ participantId: ada, at: room.now }])
  })

  test('may go up while the stage is full: it waits', () => {
    const { room, ada } = audience(1)
    expect(typesOf(room.ask(ada, { type: 'stage.request' }))).toEqual(['stage.requested'])
  })

  test('goes down again, and a second time is nothing', () => {
    const { room, ada } = audience()
    room.ask(ada, { type: 'stage.request' })
    expect(eventsOf(room.ask(ada, { type: 'stage.cancel' }))).toEqual([
      { type: 'stage.requestClosed', participantId: ada, outcome: 'cancelled' },
    ])
    expect(typesOf(room.ask(ada, { type: 'stage.cancel' }))).toEqual([])
  })

  test('of a participant on stage is nothing', () => {
    const { room, host } = audience()
    expect(typesOf(room.ask(host, { type: 'stage.request' }))).toEqual([])
  })
})

describe('a moderator', () => {
  test('approves: the hand is down, then the viewer is a guest', () => {
    const { room, host, ada } = audience()
    room.ask(ada, { type: 'stage.request' })
    expect(eventsOf(room.ask(host, { type: 'stage.approve', participantId: ada }))).toEqual([
      { type: 'stage.requestClosed', participantId: ada, outcome: 'approved' },
      { type: 'participant.roleChanged', participantId: ada, role: 'guest', reason: 'stage' },
    ])
    expect(typesOf(room.ask(host, { type: 'stage.approve', participantId: ada }))).toEqual([])
  })

  test('an approval survives a rejoin', () => {
    const { room, host, ada } = audience()
    room.ask(ada, { type: 'stage.request' })
    room.ask(host, { type: 'stage.approve', participantId: ada })
    room.leave(ada)
    expect(room.roleOf(room.enter('ada'))).toBe('guest')
  })

  test('puts no participant on stage that is not asking', () => {
    const { room, host, ada } = audience()
    expect(outcomeOf(room.ask(host, { type: 'stage.approve', participantId: ada }))).toBe('invalid')
    expect(outcomeOf(room.ask(host, { type: 'stage.approve', participantId: 'unknown' }))).toBe('peer_not_found')
  })

  test('approves no hand onto a full stage; the hand stays up', () => {
    const { room, host, ada } = audience(1)
    room.ask(ada, { type: 'stage.request' })
    const decision = room.ask(host, { type: 'stage.approve', participantId: ada })
    expect(decision).toMatchObject({ ok: false, error: { code: 'stage_full', retryable: true } })
    expect(room.room.stageRequests).toHaveLength(1)
  })

  test('rejects, and a second time is nothing', () => {
    const { room, host, ada } = audience()
    room.ask(ada, { type: 'stage.request' })
    expect(eventsOf(room.ask(host, { type: 'stage.reject', participantId: ada }))).toEqual([
      { type: 'stage.requestClosed', participantId: ada, outcome: 'rejected' },
    ])
    expect(typesOf(room.ask(host, { type: 'stage.reject', participantId: ada }))).toEqual([])
  })
})

describe('an invitation', () => {
  test('is seen by all with who made it, once', () => {
    const { room, host, ada } = audience()
    expect(typesOf(room.ask(host, { type: 'stage.invite', participantId: ada }))).toEqual(['stage.invited'])
    expect(typesOf(room.ask(host, { type: 'stage.invite', participantId: ada }))).toEqual([])
    expect(room.room.invitations).toEqual([{ participantId: ada, by: host, at: room.now }])
  })

  test('is accepted by a request: on stage at once', () => {
    const { room, host, ada } = audience()
    room.ask(host, { type: 'stage.invite', participantId: ada })
    expect(eventsOf(room.ask(ada, { type: 'stage.request' }))).toEqual([
      { type: 'stage.invitationClosed', participantId: ada, outcome: 'accepted' },
      { type: 'participant.roleChanged', participantId: ada, role: 'guest', reason: 'stage' },
    ])
  })

  test('is declined by a cancel', () => {
    const { room, host, ada } = audience()
    room.ask(host, { type: 'stage.invite', participantId: ada })
    expect(eventsOf(room.ask(ada, { type: 'stage.cancel' }))).toEqual([
      { type: 'stage.invitationClosed', participantId: ada, outcome: 'declined' },
    ])
  })

  test('is taken back by a reject', () => {
    const { room, host, ada } = audience()
    room.ask(host, { type: 'stage.invite', participantId: ada })
    expect(eventsOf(room.ask(host, { type: 'stage.reject', participantId: ada }))).toEqual([
      { type: 'stage.invitationClosed', participantId: ada, outcome: 'withdrawn' },
    ])
  })

  test('of a raised hand brings it on stage at once', () => {
    const { room, host, ada } = audience()
    room.ask(ada, { type: 'stage.request' })
    expect(typesOf(room.ask(host, { type: 'stage.invite', participantId: ada }))).toEqual([
      'stage.requestClosed',
      'participant.roleChanged',
    ])
  })

  test('is not made when the stage is full, nor accepted when it has filled since', () => {
    const { room, host, ada, bob } = audience(2)
    room.ask(host, { type: 'stage.invite', participantId: ada })
    room.ask(host, { type: 'moderation.setRole', participantId: bob, role: 'guest' })
    expect(outcomeOf(room.ask(ada, { type: 'stage.request' }))).toBe('stage_full')
    expect(outcomeOf(room.ask(host, { type: 'stage.invite', participantId: room.enter('cyd') }))).toBe('stage_full')
    room.leave(bob)
    expect(typesOf(room.ask(ada, { type: 'stage.request' }))).toContain('participant.roleChanged')
  })

  test('of a participant on stage is nothing', () => {
    const { room, host } = audience()
    const guest = room.enter('guest', 'guest')
    expect(typesOf(room.ask(host, { type: 'stage.invite', participantId: guest }))).toEqual([])
  })
})

describe('stepping down', () => {
  test.each(['guest', 'cohost'] as const)('a %s becomes a viewer, and stays one after a rejoin', (role) => {
    const { room } = audience()
    const dan = room.enter('dan', role)
    room.ask(dan, { type: 'media.update', sources: { screen: ON } })
    expect(eventsOf(room.ask(dan, { type: 'stage.leave' }))).toEqual([
      { type: 'media.changed', participantId: dan, sources: NO_SOURCES },
      { type: 'participant.roleChanged', participantId: dan, role: 'viewer', reason: 'stage' },
    ])
    room.leave(dan)
    expect(room.roleOf(room.enter('dan', role))).toBe('viewer')
  })

  test('of a viewer is nothing, of a host is rejected', () => {
    const { room, host, ada } = audience()
    expect(typesOf(room.ask(ada, { type: 'stage.leave' }))).toEqual([])
    expect(outcomeOf(room.ask(host, { type: 'stage.leave' }))).toBe('forbidden')
  })
})
