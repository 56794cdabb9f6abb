import type { Room, ServerMessage } from '@peerstage/sdk/protocol'
import {
  DEFAULT_LIMITS,
  decodeServerFrame,
  encodeMessage,
  evolve,
  isOnStage,
  joinFrame,
  MODES,
  participantOf,
  publishedSources,
} from '@peerstage/sdk/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evolveState, fold } from '../../src/room/fold'
import type { ServerState } from '../../src/room/slices'
import type { StoredRecord } from '../../src/room/state'
import { type RoomHarness, roomHarness } from '../harness/room-rules'
import { type Step, steps, take } from '../harness/room-steps'

// Small, so that the bounds are met: more identities than places, and few places on stage.
const rules = {
  limits: { ...DEFAULT_LIMITS, maxParticipants: 6 },
  mode: { ...MODES.camera, maxOnStage: 4 },
}
const RUNS = { numRuns: 300 }

function play(taken: readonly Step[], firstIsHost = false): RoomHarness {
  const room = roomHarness({ ...rules, firstIsHost })
  for (const step of taken) take(room, step)
  return room
}

/** What a room went through, seq by seq. */
function states(
  records: readonly StoredRecord[],
): { record: StoredRecord; before?: ServerState; after: ServerState }[] {
  let state: ServerState | undefined
  return records.map((record) => {
    const before = state
    state = evolveState(before, record)
    return before === undefined ? { record, after: state } : { record, before, after: state }
  })
}

const always = (law: (room: RoomHarness) => void) =>
  fc.assert(
    fc.property(steps, fc.boolean(), (taken, firstIsHost) => law(play(taken, firstIsHost))),
    RUNS,
  )

/** Over the wire and back, as a client reads it. */
function received(message: ServerMessage): ServerMessage {
  const [decoded] = decodeServerFrame(joinFrame([encodeMessage(message)])) ?? []
  if (!decoded?.ok) throw new Error(`not understood: ${JSON.stringify(message)}`)
  return decoded.message
}

function mirrored(mirror: Room | undefined, { seq, at, by, event }: StoredRecord): Room {
  const message = received({ type: 'event', logged: { seq, at, by, event } })
  if (message.type !== 'event') throw new Error('not an event')
  return evolve(mirror, message.logged)
}

function snapshot(room: Room): Room {
  const message = received({
    type: 'welcome',
    protocol: 1,
    self: 'anyone',
    instance: room.instance,
    seq: room.seq,
    resumed: false,
    room,
    reconnecting: [],
    iceServers: [],
    limits: DEFAULT_LIMITS,
    lastCommandId: 0,
    serverTime: 0,
  })
  if (message.type !== 'welcome' || message.room === undefined) throw new Error('no room in the welcome')
  return message.room
}

test('the steps reach what the laws are about', () => {
  const seen = new Set<string>()
  const taken = fc.sample(steps, { numRuns: 300, seed: 1 })
  for (const { event } of taken.flatMap((each) => play(each).records)) {
    seen.add('reason' in event ? `${event.type} ${event.reason}` : event.type)
    if ('outcome' in event) seen.add(`${event.type} ${event.outcome}`)
    if ('sources' in event && Object.values(event.sources).some(({ mutedBy }) => mutedBy)) seen.add('muted by another')
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'room.ended empty',
      'room.ended ended',
      'room.locked',
      'room.bansChanged',
      'room.hostGraceStarted',
      'room.hostGraceEnded',
      'participant.returned',
      'participant.left removed',
      'participant.left lost',
      'participant.roleChanged succession',
      'participant.roleChanged token',
      'participant.roleChanged stage',
      'participant.roleChanged moderation',
      'media.changed',
      'muted by another',
      'chat.deleted',
      'chat.pinned',
      'chat.unpinned',
      'stage.requestClosed approved',
      'stage.invitationClosed accepted',
      'stage.invitationClosed declined',
    ]),
  )
})

test('the mirror equals the room of the server at every seq [R3.3]', () => {
  always(({ records }) => {
    let mirror: Room | undefined
    for (const { record, after } of states(records)) {
      mirror = mirrored(mirror, record)
      expect(mirror).toEqual(after.room)
    }
  })
})

test('a newcomer that starts from a snapshot mirrors the same room [R3.3]', () => {
  fc.assert(
    fc.property(steps, fc.nat(), (taken, somewhere) => {
      const { records } = play(taken)
      const all = states(records)
      const start = all[somewhere % Math.max(all.length, 1)]
      if (start === undefined) return
      let mirror = snapshot(start.after.room)
      for (const record of records.slice(start.record.seq)) mirror = mirrored(mirror, record)
      expect(mirror).toEqual(all.at(-1)?.after.room)
    }),
    RUNS,
  )
})

test('the same inputs give the same outputs, and the log gives back the same state', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const [once, twice] = [play(taken), play(taken)]
      expect(twice.records).toEqual(once.records)
      const stored: StoredRecord[] = JSON.parse(JSON.stringify(once.records))
      if (once.records.length > 0) expect(fold(stored)).toEqual(once.state)
    }),
    RUNS,
  )
})

test('seqs are contiguous and time does not run back [R3.2]', () => {
  always(({ records }) => {
    records.forEach((record, i) => {
      expect(record.seq).toBe(i + 1)
      expect(record.at).toBeGreaterThanOrEqual(records[i - 1]?.at ?? 0)
    })
  })
})

const pair = (a: string, b: string) => [a, b].sort().join(' ')

function pairsOf({ participants }: Room): string[] {
  const found: string[] = []
  for (const a of participants)
    for (const b of participants)
      if (a.id < b.id && (a.role !== 'viewer' || b.role !== 'viewer')) found.push(pair(a.id, b.id))
  return found.sort()
}

test('edges are exactly where one of a pair is on stage [R9.1]', () => {
  always(({ records }) => {
    for (const { after } of states(records)) {
      const { room } = after
      expect(room.edges.map(({ offerer, answerer }) => pair(offerer, answerer)).sort()).toEqual(pairsOf(room))
    }
  })
})

test('a newcomer offers on one of its edges, and on all other new edges the one that was there first [R9.2]', () => {
  always(({ records }) => {
    for (const { record, after } of states(records)) {
      const born = after.room.edges.filter((edge) => edge.born === record.seq)
      const joinSeq = (id: string) => participantOf(after.room, id)?.joinSeq ?? -1
      const offered = born.filter(({ offerer, answerer }) => joinSeq(offerer) > joinSeq(answerer))
      const hasJoined = record.event.type === 'participant.joined'
      expect(offered).toHaveLength(hasJoined && born.length > 0 ? 1 : 0)
      if (hasJoined && offered[0] !== undefined) {
        const { participant, offersTo } = record.event
        expect(offered[0]).toEqual({ offerer: participant.id, answerer: offersTo, born: record.seq })
      }
    }
  })
})

test('an edge keeps its birth unless one of the pair came with a fresh page, or it was gone [R9.2]', () => {
  always(({ records }) => {
    for (const { record, before, after } of states(records)) {
      const fresh = record.event.type === 'participant.returned' ? record.event.participantId : undefined
      for (const { offerer, answerer, born } of after.room.edges) {
        const old = before?.room.edges.find((each) => pair(each.offerer, each.answerer) === pair(offerer, answerer))
        const remade = old === undefined || offerer === fresh || answerer === fresh
        expect(born).toBe(remade ? record.seq : old.born)
        if (!remade) expect(offerer).toBe(old.offerer)
      }
    }
  })
})

test('20 means 20: there are never more participants than places, and a host finds one while there is none [R1.5, R1.6]', () => {
  always(({ records }) => {
    for (const { record, before, after } of states(records)) {
      const { participants } = after.room
      expect(participants.length).toBeLessThanOrEqual(rules.limits.maxParticipants)
      const joined = record.event.type === 'participant.joined' ? record.event.participant : undefined
      const hostless = !before?.room.participants.some(({ role }) => role === 'host')
      if (joined && joined.role !== 'host' && hostless)
        expect(participants.length).toBeLessThan(rules.limits.maxParticipants)
    }
  })
})

const hasHost = (state: ServerState | undefined) =>
  state?.room.participants.some(({ role }) => role === 'host') ?? false

test('a lost host is succeeded at most once: at once by a cohost, or when the wait for a host is over [R4.4]', () => {
  always(({ records }) => {
    const all = states(records)
    all.forEach(({ record, before }, i) => {
      const { event } = record
      if (event.type !== 'participant.roleChanged' || event.reason !== 'succession' || before === undefined) return
      expect(hasHost(before)).toBe(false)
      const was = participantOf(before.room, event.participantId)?.role
      if (before.room.hostGraceUntil === null) {
        const cause = all[i - 1]
        expect(hasHost(cause?.before)).toBe(true)
        expect(cause?.record.at).toBe(record.at)
        expect(was).toBe('cohost')
        return
      }
      expect(record.at).toBeGreaterThanOrEqual(before.room.hostGraceUntil)
      const tokenRole = before.ledger.sessions.get(event.participantId)?.tokenRole ?? 'viewer'
      expect(was === 'cohost' || (was === 'guest' && isOnStage(tokenRole))).toBe(true)
    })
  })
})

test('a room that has lost its last host is waited for, until there is one or the time is over [R4.4]', () => {
  always(({ records }) => {
    const all = states(records)
    all.forEach(({ record, before, after }, i) => {
      const { room } = after
      if (room.hostGraceUntil !== null) expect(hasHost(after)).toBe(false)
      const isLost = hasHost(before) && !hasHost(after) && room.status === 'open'
      const next = all[i + 1]
      if (isLost) expect(hasHost(next?.after) || next?.after.room.hostGraceUntil).toBeTruthy()
      if (record.event.type === 'room.hostGraceStarted')
        expect(room.hostGraceUntil).toBe(record.at + rules.limits.hostGraceMs)
    })
  })
})

test('a viewer publishes nothing, the room only what its mode takes, and no participant on stage has its hand up [R5.11]', () => {
  always(({ records }) => {
    for (const { after } of states(records)) {
      const { room } = after
      for (const { id, role, sources } of room.participants) {
        const published = publishedSources(sources)
        if (!isOnStage(role)) expect(published).toEqual([])
        expect(room.mode.sources).toEqual(expect.arrayContaining(published))
        const hands = [...room.stageRequests, ...room.invitations].filter(({ participantId }) => participantId === id)
        expect(hands.length).toBeLessThanOrEqual(isOnStage(role) ? 0 : 1)
      }
    }
  })
})

test('a source that a moderator muted is published, muted, and not its owner’s mute', () => {
  always(({ records }) => {
    for (const { after } of states(records)) {
      for (const { id, sources } of after.room.participants)
        for (const { published, muted, mutedBy } of Object.values(sources))
          if (mutedBy !== undefined) expect([published, muted, mutedBy === id]).toEqual([true, true, false])
    }
  })
})

test('no banned identity is in the room [R5.4]', () => {
  always(({ records }) => {
    for (const { after } of states(records)) {
      for (const { id } of after.room.participants)
        expect(after.ledger.bans.has(after.ledger.sessions.get(id)?.identity ?? '')).toBe(false)
    }
  })
})

test('one identity holds one place, and every place has its session [R2.5]', () => {
  always(({ records }) => {
    for (const { after } of states(records)) {
      if (after.room.status === 'closed') continue
      const { sessions } = after.ledger
      expect([...sessions.keys()].sort()).toEqual(after.room.participants.map(({ id }) => id).sort())
      expect(new Set([...sessions.values()].map(({ identity }) => identity)).size).toBe(sessions.size)
    }
  })
})

test('exactly once: whatever was accepted with events is only answered when it comes again [R3.6]', () => {
  always((room) => {
    if (room.records.length === 0) return
    const { ledger } = room.state
    const before = room.records.length
    for (const [id, { answered }] of ledger.sessions)
      for (const [commandId, answeredSeq] of answered)
        expect(room.ask(id, { type: 'chat.send', text: 'again' }, commandId)).toEqual({
          ok: true,
          events: [],
          answeredSeq,
        })
    expect(room.records).toHaveLength(before)
  })
})
