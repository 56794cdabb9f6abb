import { MAX_BANS, type Role, reject } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import type { ArchivedMessage } from '../../src/room/command'
import { fold } from '../../src/room/fold'
import type { Ban } from '../../src/room/moderation-ledger'
import { eventsOf, outcomeOf, type RoomHarness, roomHarness, typesOf } from '../harness/room-rules'

function panel() {
  const room = roomHarness()
  const [host, cohost] = [room.enter('host', 'host'), room.enter('cohost', 'cohost')]
  return { room, host, cohost, guest: room.enter('guest', 'guest', { name: 'Gus' }) }
}

const bansOf = (room: RoomHarness, by: string) => {
  const decision = room.ask(by, { type: 'moderation.bans' })
  return decision.ok ? decision.result : outcomeOf(decision)
}

const ban = (room: RoomHarness, by: string, participantId: string) =>
  room.ask(by, { type: 'moderation.ban', participantId })

/** What a log gives for a message and its author. */
const keptBy = (identity: string, role: Role = 'viewer'): ArchivedMessage => ({
  message: { id: 'm', participantId: 'gone', name: 'Gus', role, text: 'hello', at: 1 },
  identity,
})

const banAuthor = (room: RoomHarness, by: string, message?: ArchivedMessage) =>
  room.ask(by, { type: 'moderation.banAuthor', messageId: 'm' }, undefined, message && { message })

describe('a ban', () => {
  test('ends the place, and leaves the identity in the ledger only [R3.9, R5.4]', () => {
    const { room, host, guest } = panel()
    expect(eventsOf(ban(room, host, guest))).toEqual([
      { type: 'participant.left', participantId: guest, reason: 'removed' },
      { type: 'room.bansChanged' },
    ])
    expect(room.state.ledger.bans.get('guest')).toMatchObject({ identity: 'guest', name: 'Gus', at: room.now })
  })

  test('by a cohost reaches neither host nor cohost', () => {
    const { room, host, cohost } = panel()
    const other = room.enter('other', 'cohost')
    expect(outcomeOf(ban(room, cohost, host))).toBe('forbidden')
    expect(outcomeOf(ban(room, cohost, other))).toBe('forbidden')
    expect(typesOf(ban(room, host, other))).toEqual(['participant.left', 'room.bansChanged'])
  })

  test('is for others, never for the sender', () => {
    const { room, host } = panel()
    expect(outcomeOf(ban(room, host, host))).toBe('forbidden')
    expect(outcomeOf(banAuthor(room, host, keptBy('host', 'host')))).toBe('forbidden')
  })

  test.each(['guest', 'viewer'] as const)('is nothing that a %s makes, lifts, or sees the list of', (role) => {
    const { room, host, guest } = panel()
    ban(room, host, guest)
    const eve = room.enter('eve', role)
    const [{ id: banId } = { id: 'none' }] = [...room.state.ledger.bans.values()]
    expect(outcomeOf(ban(room, eve, host))).toBe('forbidden')
    expect(outcomeOf(banAuthor(room, eve, keptBy('an author')))).toBe('forbidden')
    expect(outcomeOf(room.ask(eve, { type: 'moderation.unban', banId }))).toBe('forbidden')
    expect(bansOf(room, eve)).toBe('forbidden')
  })

  test('of who is not there says so', () => {
    const { room, host } = panel()
    expect(outcomeOf(ban(room, host, 'unknown'))).toBe('peer_not_found')
  })

  test('is one of at most a thousand; lifting one makes room', () => {
    const bans = Array.from({ length: MAX_BANS }, (_, i): Ban => ({ id: `b${i}`, identity: `i${i}`, name: 'x', at: 1 }))
    const room = roomHarness({}, bans)
    const [host, ada] = [room.enter('host', 'host'), room.enter('ada')]
    expect(outcomeOf(ban(room, host, ada))).toBe('bans_full')
    expect(room.participant(ada).name).toBe('ada')
    room.ask(host, { type: 'moderation.unban', banId: 'b7' })
    expect(outcomeOf(ban(room, host, ada))).toBe('accepted')
  })
})

describe('the list of the banned', () => {
  test('names no identity, oldest first', () => {
    const { room, host, cohost, guest } = panel()
    const ada = room.enter('ada-identity', 'viewer', { name: 'Ada' })
    ban(room, cohost, guest)
    room.pass(1000)
    ban(room, host, ada)
    expect(bansOf(room, cohost)).toEqual({
      bans: [
        { id: expect.any(String), name: 'Gus', at: room.now - 1000 },
        { id: expect.any(String), name: 'Ada', at: room.now },
      ],
    })
    expect(JSON.stringify(bansOf(room, host))).not.toContain('identity')
  })

  test('is the same after the log was folded anew', () => {
    const { room, host, guest } = panel()
    ban(room, host, guest)
    expect(fold(JSON.parse(JSON.stringify(room.records)))?.ledger.bans).toEqual(room.state.ledger.bans)
  })
})

describe('lifting a ban', () => {
  test('lets the identity in again, as a new participant', () => {
    const { room, host, guest } = panel()
    ban(room, host, guest)
    const [{ id: banId } = { id: 'none' }] = [...room.state.ledger.bans.values()]
    expect(room.join('guest')).toEqual({
      ok: false,
      error: { goodbye: 'removed', reason: 'You are banned from this room.' },
    })
    expect(eventsOf(room.ask(host, { type: 'moderation.unban', banId }))).toEqual([{ type: 'room.bansChanged' }])
    expect(room.enter('guest', 'guest')).not.toBe(guest)
  })

  test('of one that was never made, or was lifted, says so', () => {
    const { room, host, guest } = panel()
    ban(room, host, guest)
    const [{ id: banId } = { id: 'none' }] = [...room.state.ledger.bans.values()]
    expect(outcomeOf(room.ask(host, { type: 'moderation.unban', banId: 'another' }))).toBe('ban_not_found')
    room.ask(host, { type: 'moderation.unban', banId })
    expect(outcomeOf(room.ask(host, { type: 'moderation.unban', banId }))).toBe('ban_not_found')
  })

  test('leaves a kick as it was: that holds until the room closes', () => {
    const { room, host, guest } = panel()
    room.ask(host, { type: 'moderation.kick', participantId: guest })
    banAuthor(room, host, keptBy('guest'))
    const [{ id: banId } = { id: 'none' }] = [...room.state.ledger.bans.values()]
    room.ask(host, { type: 'moderation.unban', banId })
    expect(outcomeOf(room.join('guest'))).toBe('removed')
  })
})

describe('the author of a message', () => {
  test('is banned though it has left', () => {
    const { room, host, guest } = panel()
    room.leave(guest)
    expect(eventsOf(banAuthor(room, host, keptBy('guest', 'guest')))).toEqual([{ type: 'room.bansChanged' }])
    expect(outcomeOf(room.join('guest'))).toBe('removed')
  })

  test('who is in the room is sent away', () => {
    const { room, host, guest } = panel()
    expect(eventsOf(banAuthor(room, host, keptBy('guest')))).toContainEqual({
      type: 'participant.left',
      participantId: guest,
      reason: 'removed',
    })
  })

  test('counts as what it is now, else as what a moderator made of it, else as what it was then', () => {
    const { room, host, cohost, guest } = panel()
    room.ask(host, { type: 'moderation.setRole', participantId: guest, role: 'host' })
    expect(outcomeOf(banAuthor(room, cohost, keptBy('guest', 'viewer')))).toBe('forbidden')
    room.leave(guest)
    expect(outcomeOf(banAuthor(room, cohost, keptBy('guest', 'viewer')))).toBe('forbidden')
    expect(outcomeOf(banAuthor(room, cohost, keptBy('who once was host', 'host')))).toBe('forbidden')
    expect(outcomeOf(banAuthor(room, cohost, keptBy('who never was', 'viewer')))).toBe('accepted')
  })

  test('who is banned already stays so, by the ban that there is', () => {
    const { room, host, guest } = panel()
    ban(room, host, guest)
    expect(typesOf(banAuthor(room, host, keptBy('guest')))).toEqual([])
    expect(room.state.ledger.bans.size).toBe(1)
  })

  test('of a message that is gone, or that the log has no author of, is not found', () => {
    const { room, host } = panel()
    expect(outcomeOf(banAuthor(room, host))).toBe('message_not_found')
    expect(outcomeOf(banAuthor(room, host, keptBy('')))).toBe('message_not_found')
    // If the log cannot be read, it is unknown whether it is gone.
    const logFailure = reject('unavailable', 'The log cannot be read.', 1000)
    const asked = { type: 'moderation.banAuthor', messageId: 'm' } as const
    expect(outcomeOf(room.ask(host, asked, undefined, { logFailure }))).toBe('unavailable')
  })
})

describe('a room that opens anew', () => {
  const banned: Ban[] = [{ id: 'b', identity: 'guest', name: 'Gus', at: 1 }]

  test('rejects who was banned before, and is not opened by them [R5.4]', () => {
    const room = roomHarness({}, banned)
    expect(outcomeOf(room.join('guest', { role: 'host' }))).toBe('removed')
    expect(room.records).toEqual([])
  })

  test('keeps the bans in its own log, however it was opened [R5.4]', () => {
    for (const open of [
      (room: RoomHarness) => room.enter('ada'),
      (room: RoomHarness) => room.run({ type: 'room.open' }),
    ]) {
      const room = roomHarness({}, banned)
      open(room)
      expect([...room.state.ledger.bans.values()]).toEqual(banned)
      expect(outcomeOf(room.join('guest'))).toBe('removed')
    }
  })
})
