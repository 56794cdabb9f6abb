import { type CastDown, participantOf, type Room, type RoomEvent } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { AppliedEvent, WelcomeResult } from '../state/store'
import type { About, CastContext, EventContext, Rest, SnapshotContext } from '../verbs/slice'
import { type LoggedType, type ReadCastType, SLICES } from '../verbs/slices'
import type { AnyEvent } from './emitter'
import type { LiveStreamEvents } from './events'

/** Where a participant is looked up: as it is now or, when it is gone, as it was in that room. */
export type ParticipantLookup = (id: string, past?: Room) => ParticipantView | undefined

type SnapshotHandler = (context: SnapshotContext<LiveStreamEvents>) => readonly AnyEvent[]
type Snapshot = Extract<WelcomeResult, { resumed: false }>

/** One event about a participant; none about one that was never there. */
export function eventAbout<N extends AnyEvent['name']>(
  participant: ParticipantView | undefined,
  name: N,
  [rest]: Rest<LiveStreamEvents[N]> | [],
): AnyEvent[] {
  return participant === undefined ? [] : [{ name, payload: { participant, ...rest } } as AnyEvent]
}

/** What all handlers have in common, once the event is taken for the one that they read. */
type Handlers<Of, Context> = {
  readonly [type: string]: ((of: Of, context: Context) => readonly AnyEvent[]) | undefined
}

/** The events that one logged event is for an app: those of all slices that read it. */
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

/** The events that a snapshot is for an app. The first one of a client brings none: it is no arrival of those that are in it. */
export function eventsOfSnapshot(
  { before, after, formerSelf }: Snapshot,
  selfId: string,
  lookup: ParticipantLookup,
): AnyEvent[] {
  if (before === undefined) return []
  const context = { before, after, formerSelf, selfId, about: aboutIn(before, after, lookup) }
  return SLICES.flatMap(({ onSnapshot }) => (onSnapshot as SnapshotHandler | undefined)?.(context) ?? [])
}

/** The events that a cast of a participant is for an app. */
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
