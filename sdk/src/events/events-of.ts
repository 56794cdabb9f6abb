import {
  type LoggedEvent,
  participantOf,
  type Role,
  type Room,
  type RoomEvent,
  type RoomEventOf,
  SOURCES,
  type UnknownEvent,
} from '../protocol'
import type { ParticipantView } from '../state/state'
import type { AnyEvent } from './emitter'
import type { LiveStreamEvents } from './events'

/** Who is asked for a participant: as it is now or, when it is gone, as it was in that room. */
export type Look = (id: string, past?: Room) => ParticipantView | undefined

type Step = { readonly logged: LoggedEvent<RoomEvent | UnknownEvent>; readonly before: Room; readonly after: Room }

/** The moments that one logged event is for an app. Pure; each fact is announced here and nowhere else. */
export function announce(step: Step, selfId: string | undefined, look: Look): AnyEvent[] {
  const { event, by } = step.logged
  switch (event.type) {
    case 'participant.joined':
      return joined(event.participant, step, selfId, look)
    case 'participant.returned':
      return about(event.participantId, step, look, (participant) => ({
        name: 'participantReturned',
        payload: { participant },
      }))
    case 'participant.left': {
      const { reason } = event
      return about(event.participantId, step, look, (participant) => ({
        name: 'participantLeft',
        payload: { participant, reason },
      }))
    }
    case 'participant.roleChanged':
      return roleChanged(event, step, look)
    case 'media.changed':
      return sourcesChanged(event, step, look)
    case 'chat.sent':
      return [{ name: 'message', payload: { message: event.message, isOwn: event.message.participantId === selfId } }]
    case 'chat.deleted':
      return [{ name: 'messageDeleted', payload: { messageId: event.messageId } }]
    case 'stage.requested':
      return about(event.participantId, step, look, (participant) => ({
        name: 'stageRequested',
        payload: { participant },
      }))
    case 'stage.requestClosed': {
      const { outcome } = event
      return about(event.participantId, step, look, (participant) => ({
        name: 'stageRequestClosed',
        payload: { participant, outcome },
      }))
    }
    case 'stage.invited':
      if (by === null) return []
      return about(event.participantId, step, look, (participant) => ({
        name: 'stageInvited',
        payload: { participant, by },
      }))
    case 'stage.invitationClosed': {
      const { outcome } = event
      return about(event.participantId, step, look, (participant) => ({
        name: 'stageInvitationClosed',
        payload: { participant, outcome },
      }))
    }
    case 'room.locked':
    case 'room.unlocked':
      return [{ name: 'roomLocked', payload: { locked: event.type === 'room.locked' } }]
    case 'room.hostGraceStarted':
      // A wait that goes on after a restart of the server is no news.
      return step.before.hostGraceUntil === null ? [hostLost('waiting')] : []
    case 'room.hostGraceEnded':
      return [hostLost('hostless')]
    case 'room.bansChanged':
      return [{ name: 'bansChanged', payload: { by } }]
    case 'room.ended':
      return [{ name: 'roomEnded', payload: { reason: event.reason } }]
    case 'room.opened':
    case 'unknown':
      return []
  }
}

function about(
  id: string,
  { before, after }: Step,
  look: Look,
  tell: (participant: ParticipantView) => AnyEvent,
): AnyEvent[] {
  const participant = look(id, participantOf(after, id) ? after : before)
  return participant === undefined ? [] : [tell(participant)]
}

function joined(
  { id, role }: RoomEventOf<'participant.joined'>['participant'],
  step: Step,
  selfId: string | undefined,
  look: Look,
): AnyEvent[] {
  return [
    ...(id === selfId
      ? []
      : about(id, step, look, (participant) => ({ name: 'participantJoined', payload: { participant } }))),
    ...hostFound({ id, role, reason: 'joined' }, step, look),
  ]
}

type HostReason = LiveStreamEvents['hostChanged']['reason']

const hostFound = (
  { id, role, reason }: { id: string; role: Role; reason: HostReason },
  step: Step,
  look: Look,
): AnyEvent[] =>
  role === 'host'
    ? about(id, step, look, (participant) => ({ name: 'hostChanged', payload: { participant, reason } }))
    : []

const hostLost = (reason: HostReason): AnyEvent => ({ name: 'hostChanged', payload: { participant: null, reason } })

function roleChanged(event: RoomEventOf<'participant.roleChanged'>, step: Step, look: Look): AnyEvent[] {
  const { participantId: id, role, reason } = event
  const previous = participantOf(step.before, id)?.role
  if (previous === undefined) return []
  return [
    ...about(id, step, look, (participant) => ({ name: 'roleChanged', payload: { participant, previous, reason } })),
    ...hostFound({ id, role, reason }, step, look),
  ]
}

/** Publishing and its end are told by `trackAdded` and `trackRemoved`, when there is something to show. */
function sourcesChanged(event: RoomEventOf<'media.changed'>, step: Step, look: Look): AnyEvent[] {
  const { participantId, sources } = event
  const before = participantOf(step.before, participantId)?.sources
  const by = step.logged.by === participantId ? null : step.logged.by
  return SOURCES.flatMap((source) => {
    const [was, state] = [before?.[source], sources[source]]
    if (!was?.published || !state.published) return []
    if (was.muted === state.muted && was.interrupted === state.interrupted) return []
    return about(participantId, step, look, (participant) => ({
      name: 'sourceChanged',
      payload: { participant, source, state, by },
    }))
  })
}

/** A room that was taken over whole. `formerSelf`: our id in the room before. */
type Snapshot = { readonly before: Room | undefined; readonly formerSelf: string | undefined; readonly after: Room }

/**
 * What a snapshot has that the room did not have before, and the other way round: who left, who came, what was said. In
 * another instance all are others. A first snapshot is no arrival of a participant: `before` is undefined, and nothing is emitted.
 */
export function announceSnapshot({ before, formerSelf, after }: Snapshot, selfId: string, look: Look): AnyEvent[] {
  if (before === undefined) return []
  const lacking = (room: Room, than: Room, self?: string) =>
    room.participants
      .filter(({ id }) => id !== self && participantOf(than, id) === undefined)
      .flatMap(({ id }) => look(id, room) ?? [])
  const heard = new Set(before.messages.map(({ id }) => id))
  return [
    ...lacking(before, after, formerSelf).map(
      (participant): AnyEvent => ({ name: 'participantLeft', payload: { participant, reason: 'lost' } }),
    ),
    ...lacking(after, before, selfId).map(
      (participant): AnyEvent => ({ name: 'participantJoined', payload: { participant } }),
    ),
    ...after.messages
      .filter(({ id }) => !heard.has(id))
      .map((message): AnyEvent => ({ name: 'message', payload: { message, isOwn: message.participantId === selfId } })),
  ]
}
