import * as v from 'valibot'
import { chatDeleted, chatSent } from './chat'
import { participantId, seq, timestamp } from './ids'
import { mediaChanged } from './media'
import { roleChanged, roomBansChanged, roomLocked, roomUnlocked } from './moderation'
import {
  participantJoined,
  participantLeft,
  participantReturned,
  roomEnded,
  roomHostGraceEnded,
  roomHostGraceStarted,
  roomOpened,
} from './session'
import { stageInvitationClosed, stageInvited, stageRequestClosed, stageRequested } from './stage'

/** Every fact that a room's log can hold. */
export const roomEvent = v.variant('type', [
  roomOpened,
  roomEnded,
  roomLocked,
  roomUnlocked,
  roomBansChanged,
  roomHostGraceStarted,
  roomHostGraceEnded,
  participantJoined,
  participantReturned,
  participantLeft,
  roleChanged,
  mediaChanged,
  chatSent,
  chatDeleted,
  stageRequested,
  stageRequestClosed,
  stageInvited,
  stageInvitationClosed,
])
/** Every fact that a room's log can hold. */
export type RoomEvent = v.InferOutput<typeof roomEvent>
/** The event of one type. */
export type RoomEventOf<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>

/** The version that stored events carry; an upcast brings older ones to it. */
export const EVENT_VERSION = 2

/** An event in its place in the log. */
export type LoggedEvent<E = RoomEvent> = {
  /** Its place in the instance's log, from 1. */
  readonly seq: number
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number
  /** The participant that caused it, or null for the server. */
  readonly by: string | null
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
