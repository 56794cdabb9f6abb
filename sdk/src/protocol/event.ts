import * as v from 'valibot'
import type { Place } from './fold'
import { participantId, seq, timestamp } from './ids'
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
export type LoggedEvent<E = RoomEvent> = Place & {
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
