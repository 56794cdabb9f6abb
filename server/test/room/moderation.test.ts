import { MODES, NO_SOURCES, type SourceState } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { eventsOf, OFF, ON, outcomeOf, roomHarness, typesOf } from '../harness/room-rules'

function panel(maxOnStage = 20) {
  const room = roomHarness({ mode: { ...MODES.studio, maxOnStage } })
  return { room, host: room.enter('host', 'host'), guest: room.enter('guest', 'guest'), ada: room.enter('ada') }
}

describe('roles', () => {
  test('a demotion takes what was published out of the room first', () => {
    const { room, host, guest } = panel()
    room.ask(guest, { type: 'media.update', sources: { microphone: ON, camera: ON } })
    expect(eventsOf(room.ask(host, { type: 'moderation.setRole', participantId: guest, role: 'viewer' }))).toEqual([
      { type: 'media.changed', participantId: guest, sources: NO_SOURCES },
      { type: 'participant.roleChanged', participantId: guest, role: 'viewer', reason: 'moderation' },
    ])
  })

  test('a promotion to the stage lowers the hand as approved', () => {
    const { room, host, ada } = panel()
    room.ask(ada, { type: 'stage.request' })
    expect(eventsOf(room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'cohost' }))).toEqual([
      { type: 'stage.requestClosed', participantId: ada, outcome: 'approved' },
      { type: 'participant.roleChanged', participantId: ada, role: 'cohost', reason: 'moderation' },
    ])
  })

  test('a promotion to the stage withdraws the invitation', () => {
    const { room, host, ada } = panel()
    room.ask(host, { type: 'stage.invite', participantId: ada })
    expect(eventsOf(room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'guest' }))).toContainEqual({
      type: 'stage.invitationClosed',
      participantId: ada,
      outcome: 'withdrawn',
    })
  })

  test('no participant is promoted onto a full stage; among those on it roles change freely', () => {
    const { room, host, guest, ada } = panel(2)
    for (const role of ['guest', 'cohost', 'host'] as const)
      expect(outcomeOf(room.ask(host, { type: 'moderation.setRole', participantId: ada, role }))).toBe('stage_full')
    expect(outcomeOf(room.ask(host, { type: 'moderation.setRole', participantId: guest, role: 'cohost' }))).toBe(
      'accepted',
    )
  })

  test('the role that one has already changes nothing', () => {
    const { room, host, guest } = panel()
    expect(typesOf(room.ask(host, { type: 'moderation.setRole', participantId: guest, role: 'guest' }))).toEqual([])
  })

  test('the last host stays; with another one it may step down [R5.7]', () => {
    const { room, host, guest } = panel()
    const stepDown = () => room.ask(host, { type: 'moderation.setRole', participantId: host, role: 'viewer' })
    expect(outcomeOf(stepDown())).toBe('forbidden')
    room.ask(host, { type: 'moderation.setRole', participantId: guest, role: 'host' })
    expect(typesOf(stepDown())).toEqual(['participant.roleChanged'])
    expect(room.roleOf(guest)).toBe('host')
  })
})

describe('a kick', () => {
  test('removes at once, and leaves the identity in the ledger only', () => {
    const { room, host, guest } = panel()
    expect(eventsOf(room.ask(host, { type: 'moderation.kick', participantId: guest }))).toEqual([
      { type: 'participant.left', participantId: guest, reason: 'removed' },
    ])
    expect(room.state.ledger.removals.get('guest')).toBeNull()
    expect(JSON.stringify(room.room)).not.toContain('removal')
  })

  test('reaches another host, never the sender [R5.2]', () => {
    const { room, host } = panel()
    const other = room.enter('other', 'host')
    expect(outcomeOf(room.ask(host, { type: 'moderation.kick', participantId: host }))).toBe('forbidden')
    expect(typesOf(room.ask(host, { type: 'moderation.kick', participantId: other }))).toEqual(['participant.left'])
  })
})

describe('a mute', () => {
  test('silences what is published, by the moderator, once', () => {
    const { room, host, guest } = panel()
    room.ask(guest, { type: 'media.update', sources: { microphone: ON } })
    const decision = room.ask(host, { type: 'moderation.mute', participantId: guest, source: 'microphone' })
    expect(decision).toMatchObject({ events: [{ by: host, event: { type: 'media.changed', participantId: guest } }] })
    expect(room.participant(guest).sources.microphone).toEqual({ ...ON, muted: true, mutedBy: host })
    expect(typesOf(room.ask(host, { type: 'moderation.mute', participantId: guest, source: 'microphone' }))).toEqual([])
  })

  test('of what is not published is nothing', () => {
    const { room, host, guest } = panel()
    expect(typesOf(room.ask(host, { type: 'moderation.mute', participantId: guest, source: 'camera' }))).toEqual([])
  })

  test('may be undone by its owner [R5.8]', () => {
    const { room, host, guest } = panel()
    room.ask(guest, { type: 'media.update', sources: { microphone: ON } })
    room.ask(host, { type: 'moderation.mute', participantId: guest, source: 'microphone' })
    room.ask(guest, { type: 'media.update', sources: { microphone: ON } })
    expect(room.participant(guest).sources.microphone).toEqual(ON)
  })

  const muted = () => {
    const { room, host, guest } = panel()
    room.ask(guest, { type: 'media.update', sources: { microphone: ON } })
    room.ask(host, { type: 'moderation.mute', participantId: guest, source: 'microphone' })
    const say = (microphone: Partial<SourceState>) => room.ask(guest, { type: 'media.update', sources: { microphone } })
    return { room, host, guest, say, now: () => room.participant(guest).sources.microphone }
  }

  test('stays the moderator’s while its owner says the same', () => {
    const { host, say, now } = muted()
    expect(typesOf(say({ published: true, muted: true }))).toEqual([])
    say({ muted: true, interrupted: true })
    expect(now()).toEqual({ ...ON, muted: true, interrupted: true, mutedBy: host })
  })

  test.each<[string, Partial<SourceState>]>([
    ['unmuted', { muted: false }],
    ['taken back', { published: false }],
  ])('is forgotten once the source is %s: the next mute is its owner’s', (_, ends) => {
    const { say, now } = muted()
    say(ends)
    expect(now().mutedBy).toBeUndefined()
    say({ published: true, muted: true })
    expect(now()).toEqual({ ...ON, muted: true })
  })

  test('is forgotten when its owner comes back on a fresh page, which publishes nothing yet', () => {
    const { room, now } = muted()
    room.join('guest', { joinId: 'page-two' })
    expect(now()).toEqual(OFF)
  })

  test('of what its owner has muted already stays the owner’s', () => {
    const { room, host, guest } = panel()
    room.ask(guest, { type: 'media.update', sources: { microphone: { ...ON, muted: true } } })
    expect(typesOf(room.ask(host, { type: 'moderation.mute', participantId: guest, source: 'microphone' }))).toEqual([])
    expect(room.participant(guest).sources.microphone.mutedBy).toBeUndefined()
  })

  test('still names a moderator that left or was erased: its id is no other participant’s, and tells nothing of it', () => {
    const { room, host, say, now } = muted()
    room.run({ type: 'identity.erase', identity: 'host', messageIds: new Set() })
    expect(now().mutedBy).toBe(host)
    expect(room.enter('host', 'host')).not.toBe(host)
    say({ muted: false })
    expect(now()).toEqual(ON)
  })
})

describe('the room', () => {
  test('is locked and unlocked, and a repeat is nothing', () => {
    const { room, host } = panel()
    expect(typesOf(room.ask(host, { type: 'moderation.unlock' }))).toEqual([])
    expect(typesOf(room.ask(host, { type: 'moderation.lock' }))).toEqual(['room.locked'])
    expect(typesOf(room.ask(host, { type: 'moderation.lock' }))).toEqual([])
    expect(typesOf(room.ask(host, { type: 'moderation.unlock' }))).toEqual(['room.unlocked'])
  })

  test('ends for all', () => {
    const { room, host } = panel()
    expect(eventsOf(room.ask(host, { type: 'moderation.endRoom' }))).toEqual([{ type: 'room.ended', reason: 'ended' }])
    expect(room.room).toMatchObject({ status: 'closed', participants: [], edges: [] })
  })

  test('does not end for emptiness when a participant has joined meanwhile', () => {
    const room = roomHarness()
    room.leave(room.enter('ada'))
    room.enter('bob')
    expect(typesOf(room.run({ type: 'room.end', reason: 'empty' }))).toEqual([])
    expect(typesOf(room.run({ type: 'room.end', reason: 'ended' }))).toEqual(['room.ended'])
  })
})
