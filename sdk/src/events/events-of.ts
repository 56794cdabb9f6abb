import { type CastDown, participantOf, type Room, type RoomEvent } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { AppliedEvent, WelcomeResult } from '../state/store'
import type { About, CastContext, EventContext, Rest, SnapshotContext } from '../verbs/slice'
import { type LoggedType, type ReadCastType, SLICES } from '../verbs/slices'
import type { AnyEvent } from './emitter'
import type { LiveStreamEvents } from './events'

/** Finds a participant: as it is now or, if it is gone, as it was in that room. */
export type ParticipantLookup = (id: string, past?: Room) => ParticipantView | undefined

type SnapshotHandler = (context: SnapshotContext<LiveStreamEvents>) => readonly AnyEvent[]
type Snapshot = Extract<WelcomeResult, { resumed: false }>

/** One event about a participant; none if there was no such participant. */
export function eventAbout<N extends AnyEvent['name']>(
  participant: ParticipantView | undefined,
  name: N,
  [rest]: Rest<LiveStreamEvents[N]> | [],
): AnyEvent[] {
  return participant === undefined ? [] : [{ name, payload: { participant, ...rest } } as AnyEvent]
}

/** The handlers of a slice, for any type of event. */
type Handlers<Of, Context> = {
  readonly [type: string]: ((of: Of, context: Context) => readonly AnyEvent[]) | undefined
}

/** The app's events for one logged event, of all slices that read it. */
export function eventsOf(
  { logged: { event, by }, before, after }: AppliedEvent,
  selfId: string | undefined,
  lookup: ParticipantLookup,
): AnyEvent[] {
  if (event.type === 'unknown') return []
  // A logged event that no slice reads does not compile here.
  const type: LoggedType = event.type
  const about = aboutIn(before, after, lookup)
  return SLICES.flatMap(({ onLogged = {} }) => {
    const handlers = onLogged as Handlers<RoomEvent, EventContext<LiveStreamEvents>>
    return handlers[type]?.(event, { by, before, after, selfId, about }) ?? []
  })
}

/** The app's events for a snapshot. The first snapshot has none: its participants were there before. */
export function eventsOfSnapshot(
  { before, after, formerSelf }: Snapshot,
  selfId: string,
  lookup: ParticipantLookup,
): AnyEvent[] {
  if (before === undefined) return []
  const context = { before, after, formerSelf, selfId, about: aboutIn(before, after, lookup) }
  return SLICES.flatMap(({ onSnapshot }) => (onSnapshot as SnapshotHandler | undefined)?.(context) ?? [])
}

/** The app's events for a cast of a participant. */
export function eventsOfCast(cast: CastDown['cast'], from: string, lookup: ParticipantLookup): AnyEvent[] {
  const type: ReadCastType = cast.type
  const about: About<LiveStreamEvents> = (id, name, ...rest) => eventAbout(lookup(id), name, rest)
  return SLICES.flatMap(({ onCast = {} }) => {
    const handlers = onCast as Handlers<CastDown['cast'], CastContext<LiveStreamEvents>>
    return handlers[type]?.(cast, { from, about }) ?? []
  })
}

const aboutIn =
  (before: Room, after: Room, lookup: ParticipantLookup): About<LiveStreamEvents> =>
  (id, name, ...rest) =>
    eventAbout(lookup(id, participantOf(after, id) ? after : before), name, rest)
