import { participantOf, type Role, type Room } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { About, Slice } from './slice'

export type ParticipantEvents = {
  /** A new participant is in the room. Not emitted for your own, or for those that were there before. */
  participantJoined: { participant: ParticipantView }
  /** A participant reloaded its page, joined again while its seat was kept, or continued on another device. */
  participantReturned: { participant: ParticipantView }
  /** A participant is gone: it `left`, was `lost` (did not come back in time) or `removed` by a moderator. */
  participantLeft: { participant: ParticipantView; reason: 'left' | 'lost' | 'removed' }
  /** A participant (`isSelf`: this client's own) has another role. `succession`: it follows a host that was lost; `token`: a new token lowered it, or made it host in a room without one. */
  roleChanged: { participant: ParticipantView; previous: Role; reason: 'moderation' | 'stage' | 'succession' | 'token' }
  /**
   * Another participant (`isSelf`: this client's own) is host now: it `joined` as one, or its role changed for the `reason` that
   * `roleChanged` gives. Null when the last host is lost: the room is `waiting` for one until `state.room.hostGraceUntil`,
   * or the wait is over and it is `hostless`.
   */
  hostChanged: {
    participant: ParticipantView | null
    reason: 'joined' | 'moderation' | 'stage' | 'succession' | 'token' | 'waiting' | 'hostless'
  }
  /** A participant lost its connection or has it again: see `participant.presence`. */
  presenceChanged: { participant: ParticipantView }
  /** The room is over: a host or the server ended it, or it was empty. `left` follows. */
  roomEnded: { reason: 'ended' | 'empty' }
}

type ParticipantsSlice = {
  events: ParticipantEvents
  logged:
    | 'room.opened'
    | 'room.ended'
    | 'room.hostGraceStarted'
    | 'room.hostGraceEnded'
    | 'participant.joined'
    | 'participant.returned'
    | 'participant.left'
    | 'participant.roleChanged'
}

/** The participants, their roles, and the life of the room. Its part of the state is the core of each state: see `state/`. */
export const participants: Slice<ParticipantsSlice> = {
  onLogged: {
    'room.opened': () => [],
    'room.ended': ({ reason }) => [{ name: 'roomEnded', payload: { reason } }],
    // A wait that goes on after a restart of the server is not a new event.
    'room.hostGraceStarted': (_, { before }) => (before.hostGraceUntil === null ? [hostLost('waiting')] : []),
    'room.hostGraceEnded': () => [hostLost('hostless')],
    'participant.joined': ({ participant: { id, role } }, { selfId, about }) => [
      ...(id === selfId ? [] : about(id, 'participantJoined')),
      ...hostFound(id, role, 'joined', about),
    ],
    'participant.returned': ({ participantId }, { about }) => about(participantId, 'participantReturned'),
    'participant.left': ({ participantId, reason }, { about }) => about(participantId, 'participantLeft', { reason }),
    'participant.roleChanged': ({ participantId: id, role, reason }, { before, about }) => {
      const previous = participantOf(before, id)?.role
      if (previous === undefined) return []
      return [...about(id, 'roleChanged', { previous, reason }), ...hostFound(id, role, reason, about)]
    },
  },
  onSnapshot: ({ before, after, selfId, formerSelf, about }) => [
    ...lacking(before, after, formerSelf).flatMap((id) => about(id, 'participantLeft', { reason: 'lost' })),
    ...lacking(after, before, selfId).flatMap((id) => about(id, 'participantJoined')),
  ],
}

type HostReason = ParticipantEvents['hostChanged']['reason']

const hostLost = (reason: HostReason) => ({ name: 'hostChanged', payload: { participant: null, reason } }) as const

const hostFound = (id: string, role: Role, reason: HostReason, about: About<ParticipantEvents>) =>
  role === 'host' ? about(id, 'hostChanged', { reason }) : []

/** The participants that are in one room and not in the other, without our own. */
const lacking = (room: Room, than: Room, self: string | undefined): string[] =>
  room.participants.map(({ id }) => id).filter((id) => id !== self && participantOf(than, id) === undefined)
