import type { LoggedEvent, RoomEvent, UnknownEvent } from './event'
import type { Place } from './fold'
import { NEW_ROOM, type Room } from './room'
import { SLICES } from './slices'

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

type Fold = (room: Room, event: RoomEvent, place: Place) => Partial<Room>

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
