import { LiveStreamError } from '../errors'
import type { MediaView } from '../ports/participant-media'
import {
  evolve,
  type LoggedEvent,
  participantOf,
  type Room,
  type RoomEvent,
  type UnknownEvent,
  type Welcome,
} from '../protocol'
import type { ParticipantView, StateOf } from './state'
import { StateBuilder, type Status } from './state-builder'

/** One event, and the room before and after it. */
export type AppliedEvent = {
  readonly logged: LoggedEvent<RoomEvent | UnknownEvent>
  readonly before: Room
  readonly after: Room
}

/** How a welcome changed the room: by the missed events, or by a snapshot (always at the first welcome). */
export type WelcomeResult =
  | { readonly resumed: true; readonly applied: readonly AppliedEvent[] }
  | {
      readonly resumed: false
      readonly before: Room | undefined
      readonly formerSelf: string | undefined
      readonly after: Room
    }

export type StorePorts<Fields extends object> = {
  /** The fields of the state that the features add. */
  readonly fields: (room: Room) => Fields
  /** A subscriber threw. */
  readonly listenerFailed: (error: unknown) => void
}

/**
 * The room as the client has folded it, and the state that apps see. Subscribers are called once for all changes up to a
 * `commit`; parts that did not change keep their identity.
 */
export class RoomStore<Fields extends object = object> {
  readonly #builder: StateBuilder<Fields>
  readonly #listeners = new Set<() => void>()
  readonly #listenerFailed: (error: unknown) => void
  #room: Room | undefined
  #selfId: string | undefined
  #reconnecting: ReadonlySet<string> = new Set()
  #status: Status = { status: 'idle' }
  /** Whether events are missing: then a snapshot is needed. */
  #hasGap = false
  #committed: StateOf<Fields>

  constructor({ fields, listenerFailed }: StorePorts<Fields>) {
    this.#builder = new StateBuilder(fields)
    this.#listenerFailed = listenerFailed
    this.#committed = this.getState()
  }

  /** From now on participants are shown with this media and these links. */
  showMedia(media: MediaView): void {
    this.#builder.showMedia(media)
  }

  get room(): Room | undefined {
    return this.#room
  }

  get selfId(): string | undefined {
    return this.#selfId
  }

  get status(): Status['status'] {
    return this.#status.status
  }

  /** The last event that was folded; undefined if a snapshot is needed. */
  position(): { seq: number; instance: string } | undefined {
    return this.#room === undefined || this.#hasGap ? undefined : { seq: this.#room.seq, instance: this.#room.instance }
  }

  /**
   * The client is in the room, for the first time or again.
   * @throws RangeError if events are missing; the room then stays as it is
   */
  welcome({ self, room, events = [], reconnecting }: Welcome): WelcomeResult {
    const before = this.#room
    const result: WelcomeResult =
      room === undefined
        ? { resumed: true, applied: events.flatMap((logged) => this.apply(logged) ?? []) }
        : { resumed: false, before, formerSelf: this.#selfId, after: room }
    this.#room = room ?? this.#knownRoom()
    this.#hasGap = false
    this.#selfId = self
    this.#reconnecting = new Set(reconnecting)
    this.#status = { status: 'joined' }
    return result
  }

  /**
   * Undefined if the event was applied before: it arrived twice.
   * @throws RangeError if events are missing before this one; the room then stays as it is
   */
  apply(logged: AppliedEvent['logged']): AppliedEvent | undefined {
    const before = this.#knownRoom()
    if (logged.seq <= before.seq) return undefined
    try {
      const after = evolve(before, logged)
      this.#room = after
      return { logged, before, after }
    } catch (error) {
      this.#hasGap = true
      throw error
    }
  }

  presence(participantId: string, isReconnecting: boolean): void {
    const others = [...this.#reconnecting].filter((id) => id !== participantId)
    this.#reconnecting = new Set(isReconnecting ? [...others, participantId] : others)
  }

  /** Removes the room, except with `reconnecting`. Only a welcome sets `joined`. */
  setStatus(status: Status): void {
    this.#status = status
    if (status.status === 'reconnecting') return
    this.#room = undefined
    this.#selfId = undefined
    this.#reconnecting = new Set()
    this.#hasGap = false
  }

  /** Media or links have changed: those of a participant, or of all. */
  invalidate(participantId?: string): void {
    this.#builder.invalidate(participantId)
  }

  // Arrow functions, because they are handed on without their object.
  readonly getState = (): StateOf<Fields> =>
    this.#builder.build({
      room: this.#room,
      selfId: this.#selfId,
      reconnecting: this.#reconnecting,
      status: this.#status,
    })

  readonly subscribe = (listener: () => void): (() => void) => {
    checkListener(listener)
    // A new wrapper for each call, so that a listener that is added twice must be removed twice.
    const entry = () => listener()
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  /** Calls the subscribers, if anything has changed since the last time. Returns whether it had. */
  commit(): boolean {
    const state = this.getState()
    if (state === this.#committed) return false
    this.#committed = state
    for (const listener of [...this.#listeners]) {
      try {
        listener()
      } catch (error) {
        this.#listenerFailed(error)
      }
    }
    return true
  }

  /** A participant as it is now, or as it was in `past`. */
  participant(id: string, past?: Room): ParticipantView | undefined {
    const now = this.getState().participants.find((each) => each.id === id)
    if (now !== undefined || past === undefined) return now
    const then = participantOf(past, id)
    return then && this.#builder.view(then, past)
  }

  /** A participant as subscribers know it: it may be gone already. */
  known(id: string): ParticipantView | undefined {
    return this.#committed.participants.find((each) => each.id === id)
  }

  #knownRoom(): Room {
    if (this.#room === undefined) throw new RangeError('an event of a room that is not here')
    return this.#room
  }
}

/** Plain JavaScript passes anything. @throws LiveStreamError `invalid` */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function') throw new LiveStreamError('invalid', 'A listener must be a function.')
}
