import * as v from 'valibot'
import type { EventPosition, Folds } from './fold'
import { instanceId, roomId, seq, timestamp } from './ids'
import { mode, type Role } from './roles'

/** The room opens: the first event of each instance. */
export const roomOpened = v.object({
  type: v.literal('room.opened'),
  roomId: v.string(),
  instance: instanceId,
  mode,
})
/** The room has ended: the last event of an instance. */
export const roomEnded = v.object({
  type: v.literal('room.ended'),
  /** `empty`: it had no participant for `limits.emptyRoomMs`. */
  reason: v.picklist(['ended', 'empty']),
})

/** The room lost its last host, has no cohost to follow, and waits for a host. */
export const roomHostGraceStarted = v.object({
  type: v.literal('room.hostGraceStarted'),
  /** When a guest becomes host, unless there is a host by then. */
  until: timestamp,
})
/** The wait for a host has ended, and no participant can become host: the room goes on without one. */
export const roomHostGraceEnded = v.object({ type: v.literal('room.hostGraceEnded') })

/** The part of a room with its identity, mode and status. */
export const roomLifePart = {
  id: roomId,
  instance: instanceId,
  /** The number of the last event that is folded into this room. */
  seq,
  status: v.picklist(['open', 'closed']),
  mode,
  openedAt: timestamp,
  /**
   * Until when the room waits for a host after it lost its last one (ms since the epoch, by the server's clock). Null while
   * there is a host, and when the room does not wait.
   */
  hostGraceUntil: v.optional(v.nullable(timestamp), null),
}
type RoomLifePart = {
  [Name in keyof typeof roomLifePart]: v.InferOutput<(typeof roomLifePart)[Name]>
}

const roomLifeEvents = [roomOpened, roomEnded, roomHostGraceStarted, roomHostGraceEnded] as const
type RoomLifeEvent = v.InferOutput<(typeof roomLifeEvents)[number]>

/** The events of participants that affect the wait for a host. */
type HostEvent =
  | { type: 'participant.joined'; participant: { role: Role } }
  | { type: 'participant.roleChanged'; role: Role }

/** The opening and end of a room, and its wait for a host. */
export const roomLifeSlice = {
  part: roomLifePart,
  start: {},
  events: roomLifeEvents,
  folds: {
    'room.opened': opened,
    'room.ended': () => ({ status: 'closed', hostGraceUntil: null }),
    'room.hostGraceStarted': (_, { until }) => ({ hostGraceUntil: until }),
    'room.hostGraceEnded': () => ({ hostGraceUntil: null }),
    'participant.joined': (_, { participant }) => hostFound(participant.role),
    'participant.roleChanged': (_, { role }) => hostFound(role),
  } satisfies Folds<RoomLifePart, RoomLifeEvent | HostEvent>,
} as const

function opened(_: unknown, event: v.InferOutput<typeof roomOpened>, { seq, at }: EventPosition): RoomLifePart {
  const { roomId: id, instance, mode } = event
  return { id, instance, seq, status: 'open', mode, openedAt: at, hostGraceUntil: null }
}

/** The wait ends when there is a host. */
const hostFound = (role: Role): Partial<RoomLifePart> => (role === 'host' ? { hostGraceUntil: null } : {})
