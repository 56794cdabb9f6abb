// A room is a log of events: this file has the events of all slices, the room that they make, and `evolve`, which folds an event into the room.
import * as v from 'valibot'
import type { EventPosition } from './fold'
import { participantId, seq, timestamp } from './ids'
import type { moderationSlice } from './moderation'
import type { Participant } from './participants'
import type { roomLifeSlice } from './room-life'
import { SLICES } from './slices'

type EventSchema = (typeof SLICES)[number]['events'][number]

/** Any event of a room's log. */
export const roomEvent = v.variant('type', eventSchemas())
function eventSchemas(): EventSchema[] {
  return SLICES.flatMap(({ events }): readonly EventSchema[] => events)
}
/** Any event of a room's log. */
export type RoomEvent = v.InferOutput<typeof roomEvent>
/** The event of one type. */
export type RoomEventOf<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>

/** The version of stored events. Older ones are upcast to it when they are read. */
export const EVENT_VERSION = 2

/** An event with its position in the log. */
export type LoggedEvent<E = RoomEvent> = EventPosition & {
  /** What happened. */
  readonly event: E
}

/** Stands for an event that only a newer server knows. Folding it changes nothing but the `seq`. */
export type UnknownEvent = { readonly type: 'unknown' }

const envelope = v.object({
  seq,
  /** When it happened. */
  at: timestamp,
  /** The participant that caused it, or null for the server. */
  by: v.nullable(participantId),
  /** What happened: one of the events of a room. */
  event: v.looseObject({ type: v.string() }),
})

/** An event as a client receives it. An event type that this version does not know becomes `unknown`. */
export const loggedEvent = v.pipe(
  envelope,
  v.transform((logged): LoggedEvent<RoomEvent | UnknownEvent> => {
    const parsed = v.safeParse(roomEvent, logged.event, { abortEarly: true })
    return { ...logged, event: parsed.success ? parsed.output : { type: 'unknown' } }
  }),
)

/** The intersection of all parts. */
type All<Part> = (Part extends unknown ? (part: Part) => void : never) extends (part: infer Every) => void
  ? Every
  : never
/** The identity of a room comes first, because editors show only the beginning of a type. */
type RoomEntries = (typeof roomLifeSlice)['part'] &
  (typeof moderationSlice)['part'] &
  All<(typeof SLICES)[number]['part']>

/** The public state of a room: equal at the server and at every client that folded the same events. */
export const room = v.object(roomEntries())
function roomEntries(): RoomEntries {
  return Object.assign({}, ...SLICES.map(({ part }) => part))
}
/** The public state of a room. @useDeclaredType */
export type Room = v.InferOutput<typeof room>

/**
 * The initial parts of all slices; `room.opened` contains the rest. A stored room that is older than a slice gets the initial
 * part of that slice.
 */
export const NEW_ROOM: Readonly<Partial<Room>> = roomStart()

function roomStart(): Partial<Room> {
  return Object.assign({}, ...SLICES.map(({ start }) => start))
}

/**
 * The participant with this id; undefined when it is not in the room.
 *
 * @example
 * ```ts
 * import { participantOf, type Room } from '@peerstage/sdk/protocol'
 *
 * const nameOf = (room: Room, id: string) => participantOf(room, id)?.name ?? 'a former participant'
 * ```
 */
export const participantOf = (of: Room, id: string): Participant | undefined =>
  of.participants.find((each) => each.id === id)

/**
 * Folds one event into a room. Pure; server and client use the same function. It applies no rules, because events contain results.
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
 * @throws RangeError when the event is not the next one of this room, because a gap would make the client's room wrong.
 */
export function evolve(room: Room | undefined, logged: LoggedEvent<RoomEvent | UnknownEvent>): Room {
  const expected = (room?.seq ?? 0) + 1
  if (logged.seq !== expected) throw new RangeError(`event ${logged.seq} is out of order: expected ${expected}`)
  const { event } = logged
  const before = event.type === 'room.opened' ? (NEW_ROOM as Room) : room
  if (before === undefined) throw new RangeError('the first event of a room opens it')
  if (event.type === 'unknown') return { ...before, seq: logged.seq }
  const changes = FOLDS.get(event.type)?.map((fold) => fold(before, event, logged)) ?? []
  return Object.assign({}, before, ...changes, { seq: logged.seq })
}

type Fold = (room: Room, event: RoomEvent, position: EventPosition) => Partial<Room>

/** The folds of all slices by event type. Each changes only its own part of the room, so the order does not matter. */
const FOLDS: ReadonlyMap<string, readonly Fold[]> = foldsByType()

function foldsByType(): Map<string, Fold[]> {
  const folds = new Map<string, Fold[]>()
  for (const slice of SLICES) {
    for (const [type, fold] of Object.entries(slice.folds) as [string, Fold][])
      folds.set(type, [...(folds.get(type) ?? []), fold])
  }
  return folds
}
