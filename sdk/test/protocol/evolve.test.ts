import { describe, expect, test } from 'vitest'
import { evolve, MODES, NO_SOURCES, type Role, type Room, type RoomEvent } from '../../src/protocol'

const opened: RoomEvent = { type: 'room.opened', roomId: 'town-hall', instance: 'one', mode: MODES.studio }
const joined = (id: string, role: Role): RoomEvent => ({
  type: 'participant.joined',
  participant: { id, name: id, role },
})

/** Folds events from the first on, or after a room. */
function folded(events: RoomEvent[], from?: Room): Room {
  const room = events.reduce<Room | undefined>(
    (before, event) => evolve(before, { seq: (before?.seq ?? 0) + 1, at: 1000, by: 'host', event }),
    from,
  )
  if (room === undefined) throw new Error('no events')
  return room
}

const stage = () => folded([opened, joined('host', 'host'), joined('ada', 'viewer'), joined('bob', 'viewer')])

describe('the log has no gaps', () => {
  test('an event that does not follow is an error, a doubled one too', () => {
    const room = stage()
    for (const seq of [room.seq, room.seq + 2, 0])
      expect(() => evolve(room, { seq, at: 1, by: null, event: { type: 'room.locked' } })).toThrow(RangeError)
  })

  test('the first event opens the room', () => {
    expect(() => evolve(undefined, { seq: 1, at: 1, by: null, event: { type: 'room.locked' } })).toThrow(RangeError)
    expect(() => evolve(undefined, { seq: 2, at: 1, by: null, event: opened })).toThrow(RangeError)
  })

  test('an unknown event changes nothing but the seq', () => {
    const room = stage()
    const next = evolve(room, { seq: room.seq + 1, at: 1, by: null, event: { type: 'unknown' } })
    expect(next).toEqual({ ...room, seq: room.seq + 1 })
  })
})

describe('edges', () => {
  test('one host and many viewers make a star, by who was there first [R9.1]', () => {
    expect(stage().edges).toEqual([
      { offerer: 'host', answerer: 'ada', born: 3 },
      { offerer: 'host', answerer: 'bob', born: 4 },
    ])
  })

  test('a newcomer offers to the one that its event names, and answers all others [R9.2]', () => {
    const participant = { id: 'cy', name: 'Cy', role: 'guest' } as const
    const joined = folded([{ type: 'participant.joined', participant, offersTo: 'ada' }], stage())
    expect(joined.edges).toEqual([
      { offerer: 'host', answerer: 'ada', born: 3 },
      { offerer: 'host', answerer: 'bob', born: 4 },
      { offerer: 'host', answerer: 'cy', born: 5 },
      { offerer: 'cy', answerer: 'ada', born: 5 },
      { offerer: 'bob', answerer: 'cy', born: 5 },
    ])
    const later = folded(
      [{ type: 'participant.roleChanged', participantId: 'ada', role: 'guest', reason: 'stage' }],
      joined,
    )
    expect(later.edges).toContainEqual({ offerer: 'cy', answerer: 'ada', born: 5 })
  })

  test('a promotion adds edges and keeps those that were there; a demotion takes them away again [R9.1, R9.2]', () => {
    const promoted = folded(
      [{ type: 'participant.roleChanged', participantId: 'bob', role: 'guest', reason: 'stage' }],
      stage(),
    )
    expect(promoted.edges).toEqual([
      { offerer: 'host', answerer: 'ada', born: 3 },
      { offerer: 'host', answerer: 'bob', born: 4 },
      { offerer: 'ada', answerer: 'bob', born: 5 },
    ])
    const demoted = folded(
      [{ type: 'participant.roleChanged', participantId: 'bob', role: 'viewer', reason: 'stage' }],
      promoted,
    )
    expect(demoted.edges).toEqual(stage().edges)
  })

  test('a fresh page makes its edges anew, and answers from then on [R9.2]', () => {
    const returned = folded([{ type: 'participant.returned', participantId: 'host' }], stage())
    expect(returned.edges).toEqual([
      { offerer: 'ada', answerer: 'host', born: 5 },
      { offerer: 'bob', answerer: 'host', born: 5 },
    ])
  })
})

describe('what an event does not touch keeps its identity', () => {
  const untouched: [RoomEvent, (keyof Room)[]][] = [
    [{ type: 'room.locked' }, ['participants', 'edges', 'messages', 'stageRequests', 'invitations', 'mode']],
    [{ type: 'stage.requested', participantId: 'ada' }, ['participants', 'edges', 'messages', 'invitations']],
    [{ type: 'media.changed', participantId: 'ada', sources: NO_SOURCES }, ['edges', 'messages', 'stageRequests']],
    [{ type: 'chat.deleted', messageId: 'gone' }, ['participants', 'edges', 'messages']],
    [{ type: 'stage.requestClosed', participantId: 'ada', outcome: 'cancelled' }, ['stageRequests', 'participants']],
    [
      { type: 'participant.roleChanged', participantId: 'host', role: 'cohost', reason: 'moderation' },
      ['edges', 'messages'],
    ],
    [{ type: 'participant.left', participantId: 'unknown', reason: 'left' }, ['edges', 'stageRequests', 'invitations']],
  ]
  test.each(untouched)('%j', (event, parts) => {
    const room = stage()
    const next = folded([event], room)
    for (const part of parts) expect(next[part], part).toBe(room[part])
  })

  test('no participant but the one who changed', () => {
    const room = stage()
    const next = folded([{ type: 'participant.returned', participantId: 'ada' }], room)
    expect(next.participants[0]).toBe(room.participants[0])
    expect(next.participants[2]).toBe(room.participants[2])
    expect(next.edges[1]).toBe(room.edges.find(({ answerer }) => answerer === 'bob'))
  })
})
