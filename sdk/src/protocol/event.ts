import * as v from 'valibot'
import type { Place } from './fold'
import { participantId, seq, timestamp } from './ids'
import { SLICES } from './slices'

type EventSchema = (typeof SLICES)[number]['events'][number]

/** Every fact that a room's log can hold. */
export const roomEvent = v.variant('type', eventSchemas())
function eventSchemas(): EventSchema[] {
  return SLICES.flatMap(({ events }): readonly EventSchema[] => events)
}
/** Every fact that a room's log can hold. */
export type RoomEvent = v.InferOutput<typeof roomEvent>
/** The event of one type. */
export type RoomEventOf<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>

/** The version that stored events carry; an upcast brings older ones to it. */
export const EVENT_VERSION = 2

/** An event in its place in the log. */
export type LoggedEvent<E = RoomEvent> = Place & {
  /** What happened. */
  readonly event: E
}

/** What an event of a newer server is folded as: nothing changes, but its seq counts. */
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

/** An event as it comes down the wire: one this version does not know becomes `unknown`. */
export const loggedEvent = v.pipe(
  envelope,
  v.transform((logged): LoggedEvent<RoomEvent | UnknownEvent> => {
    const parsed = v.safeParse(roomEvent, logged.event, { abortEarly: true })
    return { ...logged, event: parsed.success ? parsed.output : { type: 'unknown' } }
  }),
)
