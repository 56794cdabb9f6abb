import type { ChatMessage } from './chat'
import type { LoggedEvent, RoomEvent, RoomEventOf, UnknownEvent } from './event'
import { CHAT_KEPT } from './limits'
import { NO_SOURCES } from './media'
import { isOnStage, type Role } from './roles'
import type { Edge, Participant, Room } from './room'

/**
 * Folds one event into a room. Pure, and the same at both ends. It holds no rule: events carry results.
 * Parts that an event does not touch keep their identity.
 *
 * @example
 * ```ts
 * import { evolve, type LoggedEvent, type Room } from '@peerstage/sdk/protocol'
 *
 * const fold = (events: readonly LoggedEvent[], from?: Room) =>
 *   events.reduce<Room | undefined>((room, event) => evolve(room, event), from)
 * ```
 *
 * @throws RangeError when the event is not the next one of this room: with a gap the client's room would be wrong.
 */
export function evolve(room: Room | undefined, logged: LoggedEvent<RoomEvent | UnknownEvent>): Room {
  const expected = (room?.seq ?? 0) + 1
  if (logged.seq !== expected) throw new RangeError(`event ${logged.seq} does not follow: expected ${expected}`)
  const { event } = logged
  if (event.type === 'room.opened') return opened(event, logged)
  if (room === undefined) throw new RangeError('the first event of a room opens it')
  return { ...room, ...changes(room, logged, event), seq: logged.seq }
}

function opened(event: RoomEventOf<'room.opened'>, { seq, at }: LoggedEvent<unknown>): Room {
  return {
    id: event.roomId,
    instance: event.instance,
    seq,
    status: 'open',
    mode: event.mode,
    locked: false,
    openedAt: at,
    hostGraceUntil: null,
    participants: [],
    edges: [],
    messages: [],
    stageRequests: [],
    invitations: [],
  }
}

type Logged = LoggedEvent<unknown>

function changes(room: Room, logged: Logged, event: RoomEvent | UnknownEvent): Partial<Room> {
  switch (event.type) {
    case 'room.ended':
      return {
        status: 'closed',
        hostGraceUntil: null,
        participants: [],
        edges: [],
        stageRequests: [],
        invitations: [],
      }
    case 'room.locked':
      return { locked: true }
    case 'room.unlocked':
      return { locked: false }
    case 'room.hostGraceStarted':
      return { hostGraceUntil: event.until }
    case 'room.hostGraceEnded':
      return { hostGraceUntil: null }
    case 'participant.joined':
      return joined(room, logged, event)
    case 'participant.returned':
      return returned(room, logged, event.participantId)
    case 'participant.left':
      return left(room, logged, event.participantId)
    case 'participant.roleChanged':
      return roleChanged(room, logged, event)
    case 'media.changed':
      return { participants: replace(room, event.participantId, { sources: event.sources }) }
    case 'chat.sent':
      return { messages: [...room.messages, event.message].slice(-CHAT_KEPT) }
    case 'chat.deleted':
      return { messages: withoutMessage(room.messages, event.messageId) }
    case 'stage.requested':
      return { stageRequests: [...room.stageRequests, { participantId: event.participantId, at: logged.at }] }
    case 'stage.requestClosed':
      return { stageRequests: without(room.stageRequests, event.participantId) }
    case 'stage.invited':
      return invited(room, logged, event.participantId)
    case 'stage.invitationClosed':
      return { invitations: without(room.invitations, event.participantId) }
    case 'room.opened':
    case 'room.bansChanged':
    case 'unknown':
      return {}
  }
}

function joined(room: Room, { seq, at }: Logged, event: RoomEventOf<'participant.joined'>): Partial<Room> {
  const participant = { ...event.participant, joinedAt: at, joinSeq: seq, roleSeq: seq, sources: NO_SOURCES }
  return { ...withParticipants(room, seq, [...room.participants, participant]), ...hostFound(participant.role) }
}

function roleChanged(room: Room, { seq }: Logged, event: RoomEventOf<'participant.roleChanged'>): Partial<Room> {
  const { participantId, role } = event
  const participants = replace(room, participantId, { role, roleSeq: seq })
  return { ...withParticipants(room, seq, participants), ...hostFound(role) }
}

/** The wait ends when there is a host. */
const hostFound = (role: Role): Partial<Room> => (role === 'host' ? { hostGraceUntil: null } : {})

function returned(room: Room, { seq }: Logged, id: string): Partial<Room> {
  return withParticipants(room, seq, replace(room, id, { joinSeq: seq }), id)
}

function left(room: Room, { seq }: Logged, id: string): Partial<Room> {
  const participants = room.participants.filter((each) => each.id !== id)
  return {
    ...withParticipants(room, seq, participants),
    stageRequests: without(room.stageRequests, id),
    invitations: without(room.invitations, id),
  }
}

function invited(room: Room, { by, at }: Logged, participantId: string): Partial<Room> {
  return by === null ? {} : { invitations: [...room.invitations, { participantId, by, at }] }
}

/** The participants with one of them changed; the same array when it is not among them. */
function replace(room: Room, id: string, change: Partial<Participant>): Participant[] {
  if (!room.participants.some((each) => each.id === id)) return room.participants
  return room.participants.map((each) => (each.id === id ? { ...each, ...change } : each))
}

const without = <T extends { participantId: string }>(list: T[], id: string): T[] =>
  list.some((each) => each.participantId === id) ? list.filter((each) => each.participantId !== id) : list

const withoutMessage = (messages: ChatMessage[], id: string): ChatMessage[] =>
  messages.some((each) => each.id === id) ? messages.filter((each) => each.id !== id) : messages

/** New participants and the edges that follow: a pair keeps its edge unless one of the two is on a fresh page. */
function withParticipants(room: Room, seq: number, participants: Participant[], fresh?: string): Partial<Room> {
  const known = new Map(room.edges.map((edge) => [pairKey(edge.offerer, edge.answerer), edge]))
  const edges: Edge[] = []
  participants.forEach((a, i) => {
    for (const b of participants.slice(i + 1)) {
      if (!isOnStage(a.role) && !isOnStage(b.role)) continue
      const kept = a.id === fresh || b.id === fresh ? undefined : known.get(pairKey(a.id, b.id))
      edges.push(kept ?? newEdge(a, b, seq))
    }
  })
  const same = edges.length === room.edges.length && edges.every((edge, i) => edge === room.edges[i])
  return { participants, edges: same ? room.edges : edges }
}

function newEdge(a: Participant, b: Participant, born: number): Edge {
  const [offerer, answerer] = a.joinSeq < b.joinSeq ? [a.id, b.id] : [b.id, a.id]
  return { offerer, answerer, born }
}

const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)
