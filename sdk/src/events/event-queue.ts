// The events that an app gets: made out of what happened in the room, and emitted in order, each after the state has its change.
import { type CastDown, participantOf, type Room, type RoomEvent } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { AppliedEvent, RoomStore, WelcomeResult } from '../state/store'
import type { About, CastContext, EventContext, Rest, SnapshotContext } from '../verbs/slice'
import { type LoggedType, type ReadCastType, SLICES, type SliceState } from '../verbs/slices'
import type { AnyEvent, Emitter } from './emitter'
import type { LiveStreamEvents } from './events'

/**
 * Events wait here until the state contains their change: one frame of the server makes one new state, one call of each
 * subscriber, and then its events in order.
 */
export class EventQueue {
  readonly #store: RoomStore<SliceState>
  readonly #emitter: Emitter
  readonly #waiting: (() => readonly AnyEvent[])[] = []
  #held = false
  #draining = false

  constructor(store: RoomStore<SliceState>, emitter: Emitter) {
    this.#store = store
    this.#emitter = emitter
  }

  add(event: AnyEvent): void {
    this.#waiting.push(() => [event])
  }

  /** Queues an event that does not come from a frame, and emits it as soon as no frame is being read. */
  emit(event: AnyEvent): void {
    this.add(event)
    this.nudge()
  }

  /** Queues events that are made just before they are emitted, so that they can use the new state. */
  addLater(events: () => readonly AnyEvent[]): void {
    this.#waiting.push(events)
  }

  /** Queues an event about a participant: as it is when the event is emitted or, if it is gone by then, as it was. */
  addAbout<N extends AnyEvent['name']>(participantId: string, name: N, ...rest: Rest<LiveStreamEvents[N]>): void {
    const lookup = this.#lookup(participantId)
    this.addLater(() => eventAbout(lookup(), name, rest))
  }

  /** Queues the events of a cast. */
  addCast(from: string, cast: CastDown['cast']): void {
    const lookup = this.#lookup(from)
    this.addLater(() => eventsOfCast(cast, from, lookup))
  }

  #lookup(participantId: string): () => ParticipantView | undefined {
    const { room: past } = this.#store
    const known = this.#store.known(participantId)
    return () => this.#store.participant(participantId, past) ?? known
  }

  /** A frame is being read: no event is emitted until `flush`. */
  hold(): void {
    this.#held = true
  }

  /** Something changed outside of a frame. Flushes, unless a frame is being read: its end flushes. */
  nudge(): void {
    if (!this.#held) this.flush()
  }

  /** Updates the state and emits all queued events. Events that a listener causes meanwhile come last. */
  flush(): void {
    this.#held = false
    if (this.#draining) return
    this.#draining = true
    try {
      do {
        this.#commit()
        for (const event of this.#waiting.shift()?.() ?? []) this.#emitter.emit(event)
      } while (this.#waiting.length > 0)
      this.#commit()
    } finally {
      this.#draining = false
    }
  }

  #commit(): void {
    if (this.#store.commit()) this.#emitter.emit({ name: 'stateChanged', payload: { state: this.#store.getState() } })
  }
}

/** Finds a participant: as it is now or, if it is gone, as it was in that room. */
export type ParticipantLookup = (id: string, past?: Room) => ParticipantView | undefined

type SnapshotHandler = (context: SnapshotContext<LiveStreamEvents>) => readonly AnyEvent[]
type Snapshot = Extract<WelcomeResult, { resumed: false }>

/** One event about a participant; none if there was no such participant. */
function eventAbout<N extends AnyEvent['name']>(
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
function eventsOfCast(cast: CastDown['cast'], from: string, lookup: ParticipantLookup): AnyEvent[] {
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
