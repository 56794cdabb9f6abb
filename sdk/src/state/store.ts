import type { LiveStreamError } from '../errors'
import {
  evolve,
  type LoggedEvent,
  participantOf,
  type Room,
  type RoomEvent,
  type UnknownEvent,
  type Welcome,
} from '../protocol'
import { checkListener } from './listener'
import { type Overlay, participantView, roomView } from './participant-view'
import type { ClientState, LeftReason, ParticipantView } from './state'
import { keep, share, shareById } from './structural-sharing'

/** One event, and the room on both sides of it. */
export type Fold = {
  readonly logged: LoggedEvent<RoomEvent | UnknownEvent>
  readonly before: Room
  readonly after: Room
}

/** How a welcome changed the room: by the events that were missed, or all at once (from nothing, at the first). */
export type Arrival =
  | { readonly resumed: true; readonly folds: readonly Fold[] }
  | {
      readonly resumed: false
      readonly before: Room | undefined
      readonly formerSelf: string | undefined
      readonly after: Room
    }

export type Standing =
  | { readonly status: 'idle' | 'joining' | 'joined' | 'reconnecting' }
  | { readonly status: 'left'; readonly reason: LeftReason; readonly error?: LiveStreamError }

const EMPTY = {
  room: null,
  self: null,
  participants: [],
  viewerCount: 0,
  messages: [],
  stageRequests: [],
  invitations: [],
} as const

/**
 * The room as this side has folded it, and from it the state that apps see. Changes gather until `commit`, which tells the
 * subscribers once; parts that did not change keep their identity.
 */
export class RoomStore {
  readonly #overlay: Overlay
  readonly #listeners = new Set<() => void>()
  readonly #listenerFailed: (error: unknown) => void
  #room: Room | undefined
  #selfId: string | undefined
  #reconnecting = new Set<string>()
  #standing: Standing = { status: 'idle' }
  /** Whether events are missing: then only a snapshot helps. */
  #torn = false
  #stale = false
  #state: ClientState = { ...EMPTY, status: 'idle' }
  #told = this.#state

  constructor(overlay: Overlay, listenerFailed: (error: unknown) => void) {
    this.#overlay = overlay
    this.#listenerFailed = listenerFailed
  }

  get room(): Room | undefined {
    return this.#room
  }

  get selfId(): string | undefined {
    return this.#selfId
  }

  get standing(): Standing {
    return this.#standing
  }

  /** Up to where the room is known; undefined where a snapshot is needed. */
  position(): { seq: number; instance: string } | undefined {
    return this.#room === undefined || this.#torn ? undefined : { seq: this.#room.seq, instance: this.#room.instance }
  }

  /** @throws RangeError when what came does not follow what is here; the room then stays as it is */
  welcome({ self, room, events = [], reconnecting }: Welcome): Arrival {
    const before = this.#room
    const arrival: Arrival =
      room === undefined
        ? { resumed: true, folds: this.#foldAll(events) }
        : { resumed: false, before, formerSelf: this.#selfId, after: room }
    if (room !== undefined) this.#room = room
    this.#torn = false
    this.#selfId = self
    this.#reconnecting = new Set(reconnecting)
    this.#stale = true
    return arrival
  }

  #foldAll(events: readonly Fold['logged'][]): Fold[] {
    if (this.#room === undefined) throw new RangeError('events of a room that is not here')
    return events.flatMap((logged) => this.fold(logged) ?? [])
  }

  /**
   * Undefined for an event that was folded before: it came twice.
   * @throws RangeError when events are missing before this one; the room then stays as it is
   */
  fold(logged: Fold['logged']): Fold | undefined {
    const before = this.#room
    if (before === undefined) throw new RangeError('an event of a room that is not here')
    if (logged.seq <= before.seq) return undefined
    try {
      const after = evolve(before, logged)
      this.#room = after
      this.#stale = true
      return { logged, before, after }
    } catch (error) {
      this.#torn = true
      throw error
    }
  }

  presence(participantId: string, isReconnecting: boolean): void {
    if (isReconnecting) this.#reconnecting.add(participantId)
    else this.#reconnecting.delete(participantId)
    this.#stale = true
  }

  /** Where this client stands. Nothing of the room is kept when it is left, nor when another stay begins. */
  stand(standing: Standing): void {
    this.#standing = standing
    this.#stale = true
    if (standing.status !== 'left' && standing.status !== 'joining') return
    this.#room = undefined
    this.#selfId = undefined
    this.#reconnecting.clear()
    this.#torn = false
  }

  /** Something of the overlay is different. */
  touch(): void {
    this.#stale = true
  }

  // Arrow functions, because they are handed on without their object.
  readonly getState = (): ClientState => {
    if (this.#stale) {
      this.#stale = false
      this.#state = keep(this.#state, this.#build())
    }
    return this.#state
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    checkListener(listener)
    // A wrapper of its own, so that a listener that is added twice must be removed twice.
    const entry = () => listener()
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  /** Tells the subscribers, if anything has changed since the last time. Returns whether it had. */
  commit(): boolean {
    const state = this.getState()
    if (state === this.#told) return false
    this.#told = state
    for (const listener of [...this.#listeners]) {
      try {
        listener()
      } catch (error) {
        this.#listenerFailed(error)
      }
    }
    return true
  }

  /** A participant as it is now, or as it was in a room of the past. */
  participant(id: string, past?: Room): ParticipantView | undefined {
    const now = this.getState().participants.find((each) => each.id === id)
    const then = past === undefined ? undefined : participantOf(past, id)
    return now ?? (then === undefined ? undefined : this.#view(then))
  }

  /** A participant as subscribers know it: it may be gone already. */
  known(id: string): ParticipantView | undefined {
    return this.#told.participants.find((each) => each.id === id)
  }

  #view(of: Room['participants'][number]): ParticipantView {
    const presence = this.#reconnecting.has(of.id) ? 'reconnecting' : 'connected'
    return participantView(of, of.id === this.#selfId, presence, this.#overlay)
  }

  #build(): ClientState {
    const room = this.#room
    if (room === undefined) return { ...EMPTY, ...this.#standing }
    const before = this.#state
    // Our place is gone, and the goodbye that says why is on its way: until then the room stands as it was with us in it.
    if (this.#selfId !== undefined && participantOf(room, this.#selfId) === undefined)
      return { ...before, ...this.#standing }
    const participants = shareById(
      before.participants,
      room.participants.map((each) => this.#view(each)),
    )
    return {
      ...this.#standing,
      room: share(before.room, roomView(room)),
      self: participants.find((each) => each.isSelf) ?? null,
      participants,
      viewerCount: participants.filter((each) => !each.isOnStage).length,
      messages: shareById(before.messages, room.messages),
      stageRequests: share(before.stageRequests, room.stageRequests),
      invitations: share(before.invitations, room.invitations),
    }
  }
}
