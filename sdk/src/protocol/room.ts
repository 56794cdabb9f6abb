import * as v from 'valibot'
import type { moderationSlice } from './moderation'
import type { Participant } from './participants'
import type { roomLifeSlice } from './room-life'
import { SLICES } from './slices'

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
