import { DEFAULT_LIMITS, MODES, NO_SOURCES, type Role } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { eventsOf, ON, outcomeOf, roomHarness, typesOf } from '../harness/room-rules'

const places = (maxParticipants: number) => ({ limits: { ...DEFAULT_LIMITS, maxParticipants } })

describe('opening a room', () => {
  test('a participant that joins an absent room opens it, then comes in', () => {
    const decision = roomHarness().join('ada', { role: 'guest', name: 'Ada', metadata: { team: 'blue' } })
    expect(eventsOf(decision)).toEqual([
      { type: 'room.opened', roomId: 'town-hall', instance: 'id-1', mode: MODES.studio },
      {
        type: 'participant.joined',
        participant: { id: 'id-2', name: 'Ada', role: 'guest', metadata: { team: 'blue' } },
      },
    ])
    expect(decision).toMatchObject({ participantId: 'id-2' })
  })

  test('where only hosts open rooms, anybody else finds none [R1.2]', () => {
    const room = roomHarness({ createRooms: 'host' })
    expect(outcomeOf(room.join('ada', { role: 'cohost' }))).toBe('room_not_found')
    expect(outcomeOf(room.join('ada', { role: 'host' }))).toBe('accepted')
    expect(outcomeOf(room.join('bob', { role: 'viewer' }))).toBe('accepted')
  })

  test('where the API opens rooms, not even a host does by joining [R1.2]', () => {
    expect(outcomeOf(roomHarness({ createRooms: 'api' }).join('ada', { role: 'host' }))).toBe('room_not_found')
  })

  test('the API opens an absent room without a participant, and a repeat changes nothing', () => {
    const room = roomHarness({ createRooms: 'api' })
    expect(typesOf(room.run({ type: 'room.open' }))).toEqual(['room.opened'])
    expect(typesOf(room.run({ type: 'room.open' }))).toEqual([])
    expect(outcomeOf(room.join('ada', { role: 'viewer' }))).toBe('accepted')
  })

  test('in dev mode a participant that finds no host becomes host', () => {
    const room = roomHarness({ firstIsHost: true })
    const ada = room.enter('ada')
    expect(room.roleOf(ada)).toBe('host')
    expect(room.roleOf(room.enter('bob'))).toBe('viewer')
    room.leave(ada)
    expect(room.roleOf(room.enter('cyd'))).toBe('host')
  })

  test('a newcomer offers to the highest of those that it has a link with, of these to the first that is connected [R9.2]', () => {
    const room = roomHarness()
    const offersTo = (role: Role, isDisconnected: (id: string) => boolean = () => false) => {
      const [event] = eventsOf(room.join(`newcomer-${room.records.length}`, { role }, { isDisconnected })).slice(-1)
      if (event?.type !== 'participant.joined') throw new Error('no event of a newcomer')
      return event.offersTo
    }
    expect(offersTo('viewer')).toBeUndefined()
    expect(offersTo('viewer')).toBeUndefined()
    const guest = room.enter('guest', 'guest')
    expect(offersTo('viewer')).toBe(guest)
    const [first, second] = [room.enter('first', 'host'), room.enter('second', 'host')]
    expect(offersTo('guest')).toBe(first)
    expect(offersTo('viewer', (id) => id === first)).toBe(second)
    expect(offersTo('viewer', () => true)).toBeUndefined()
  })

  test('a room without a host stays as it is outside dev mode', () => {
    const room = roomHarness()
    expect(room.roleOf(room.enter('ada', 'guest'))).toBe('guest')
  })
})

describe('an identity that is here already', () => {
  test('the same session and page resume: nothing is written [R2.3, R3.4]', () => {
    const room = roomHarness()
    const ada = room.enter('ada')
    expect(room.join('ada')).toEqual({ ok: true, events: [], participantId: ada })
  })

  test('a new page of the same session returns as the same participant [R2.4]', () => {
    const room = roomHarness()
    const ada = room.enter('ada')
    const decision = room.join('ada', { joinId: 'page-two' })
    expect(eventsOf(decision)).toEqual([{ type: 'participant.returned', participantId: ada }])
    expect(room.participant(ada).joinSeq).toBe(room.room.seq)
    expect(room.join('ada', { joinId: 'page-two' })).toEqual({ ok: true, events: [], participantId: ada })
  })

  test('what the old page published is over before the new page is there', () => {
    const room = roomHarness()
    const ada = room.enter('ada', 'guest')
    room.ask(ada, { type: 'media.update', sources: { camera: ON } })
    expect(eventsOf(room.join('ada', { role: 'guest', joinId: 'page-two' }))).toEqual([
      { type: 'media.changed', participantId: ada, sources: NO_SOURCES },
      { type: 'participant.returned', participantId: ada },
    ])
  })

  test('another session takes over the seat in one append, and no participant is seen to leave [R2.5]', () => {
    const room = roomHarness()
    const ada = room.enter('ada')
    const decision = room.join('ada', { session: 'another-session' })
    expect(typesOf(decision)).toEqual(['participant.returned'])
    expect(decision).toMatchObject({ participantId: ada })
    expect(room.state.ledger.sessions.get(ada)?.hash).toBe('another-session')
    expect(room.room.participants).toHaveLength(1)
  })

  test('another session is rejected where rules say reject [R2.5]', () => {
    const room = roomHarness({ duplicateSessions: 'reject' })
    room.enter('ada')
    expect(outcomeOf(room.join('ada', { session: 'another-session' }))).toBe('superseded')
    expect(outcomeOf(room.join('ada', { joinId: 'page-two' }))).toBe('accepted')
  })

  test('another session takes over a ghost, even where rules say reject: its connection is down', () => {
    const room = roomHarness({ duplicateSessions: 'reject', limits: { ...DEFAULT_LIMITS, maxParticipants: 1 } })
    const ada = room.enter('ada', 'host')
    const came = room.join('ada', { role: 'host', session: 'another' }, { isDisconnected: (id) => id === ada })
    expect(came).toMatchObject({ participantId: ada })
    expect(typesOf(came)).toEqual(['participant.returned'])
  })

  test('a lower token lowers the role on the way back in, a higher one does not raise it [R5.6]', () => {
    const room = roomHarness()
    room.enter('host', 'host')
    const ada = room.enter('ada', 'guest')
    room.ask(ada, { type: 'media.update', sources: { camera: ON } })
    expect(typesOf(room.join('ada', { role: 'host' }))).toEqual([])
    expect(typesOf(room.join('ada', { role: 'viewer', joinId: 'page-two' }))).toEqual([
      'media.changed',
      'participant.roleChanged',
      'participant.returned',
    ])
    expect(room.roleOf(ada)).toBe('viewer')
    room.join('ada', { role: 'host', joinId: 'page-three' })
    expect(room.roleOf(ada)).toBe('viewer')
  })
})

describe('a locked room', () => {
  test('takes no new identity, but lets everybody back in [R1.7]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    const ada = room.enter('ada')
    room.ask(host, { type: 'moderation.lock' })
    expect(outcomeOf(room.join('bob'))).toBe('room_locked')
    expect(room.join('ada')).toEqual({ ok: true, events: [], participantId: ada })
    expect(outcomeOf(room.join('ada', { joinId: 'page-two' }))).toBe('accepted')
    room.ask(host, { type: 'moderation.unlock' })
    expect(outcomeOf(room.join('bob'))).toBe('accepted')
  })

  test('is open to a host [R1.7]', () => {
    const room = roomHarness()
    room.ask(room.enter('host', 'host'), { type: 'moderation.lock' })
    expect(outcomeOf(room.join('bob', { role: 'cohost' }))).toBe('room_locked')
    expect(outcomeOf(room.join('other', { role: 'host' }))).toBe('accepted')
  })
})

describe('places', () => {
  test('a full room is full, for a host too [R1.5]', () => {
    const room = roomHarness(places(3))
    room.enter('host', 'host')
    room.enter('ada')
    room.enter('bob')
    expect(outcomeOf(room.join('cyd'))).toBe('room_full')
    expect(outcomeOf(room.join('other', { role: 'host' }))).toBe('room_full')
  })

  test('while no host is present, a joining host always finds the last place [R1.6]', () => {
    const room = roomHarness(places(3))
    room.enter('ada')
    room.enter('bob', 'guest')
    expect(outcomeOf(room.join('cyd', { role: 'cohost' }))).toBe('room_full')
    expect(outcomeOf(room.join('host', { role: 'host' }))).toBe('accepted')
  })

  test('a participant that is here comes back into a full room [R1.8]', () => {
    const room = roomHarness(places(2))
    room.enter('host', 'host')
    room.enter('ada')
    expect(outcomeOf(room.join('ada', { joinId: 'page-two', session: 'another-session' }))).toBe('accepted')
  })

  test('a guest who finds the stage full sits in the audience; hosts and cohosts always get on it', () => {
    const room = roomHarness({ mode: { ...MODES.voice, maxOnStage: 2 } })
    room.enter('host', 'host')
    room.enter('ada', 'guest')
    expect(room.roleOf(room.enter('bob', 'guest'))).toBe('viewer')
    expect(room.roleOf(room.enter('cyd', 'cohost'))).toBe('cohost')
    expect(room.roleOf(room.enter('dan', 'host'))).toBe('host')
  })
})

describe('an identity that may not join', () => {
  test('a kick holds until the room closes, whatever token or session comes [R5.3]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    room.ask(host, { type: 'moderation.kick', participantId: room.enter('ada') })
    room.pass(365 * 24 * 3_600_000)
    expect(outcomeOf(room.join('ada'))).toBe('removed')
    expect(outcomeOf(room.join('ada', { role: 'host', session: 'another-session', joinId: 'page-two' }))).toBe(
      'removed',
    )
  })

  test('a kick for some minutes ends with them [R5.3]', () => {
    const room = roomHarness()
    const host = room.enter('host', 'host')
    room.ask(host, { type: 'moderation.kick', participantId: room.enter('ada'), minutes: 5 })
    room.pass(5 * 60_000 - 1)
    expect(outcomeOf(room.join('ada'))).toBe('removed')
    room.pass(1)
    expect(outcomeOf(room.join('ada'))).toBe('accepted')
  })

  test('no identity enters an ended room [R1.4]', () => {
    const room = roomHarness()
    room.ask(room.enter('host', 'host'), { type: 'moderation.endRoom' })
    expect(outcomeOf(room.join('host', { role: 'host' }))).toBe('room_ended')
  })

  test('a client that joins as an empty room closes is told to try again at once', () => {
    const room = roomHarness()
    room.leave(room.enter('ada'))
    room.run({ type: 'room.end', reason: 'empty' })
    expect(outcomeOf(room.join('bob'))).toBe('unavailable')
  })

  test('a room that is not open, or not any more, takes no commands', () => {
    const room = roomHarness()
    expect(outcomeOf(room.run({ type: 'room.end', reason: 'ended' }))).toBe('forbidden')
    expect(outcomeOf(room.ask('id-1', { type: 'chat.send', text: 'hello' }))).toBe('forbidden')
    const host = room.enter('host', 'host')
    room.run({ type: 'room.end', reason: 'ended' })
    expect(outcomeOf(room.ask(host, { type: 'chat.send', text: 'hello' }))).toBe('forbidden')
    expect(outcomeOf(room.run({ type: 'room.end', reason: 'ended' }))).toBe('forbidden')
  })

  test('a stranger to the room commands nothing', () => {
    const room = roomHarness()
    room.enter('ada')
    expect(outcomeOf(room.ask('unknown', { type: 'chat.send', text: 'hello' }))).toBe('forbidden')
  })
})
