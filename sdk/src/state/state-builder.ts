import type { MediaView } from '../ports/participant-media'
import { evolve, MODES, type Participant, participantOf, type Room } from '../protocol'
import { NO_MEDIA, participantView, roomView } from './participant-view'
import type { Left, ParticipantView, StateOf } from './state'
import { keep, share } from './structural-sharing'

/** The status of the client. With `joined` and `reconnecting` there is a room. */
export type Status = { readonly status: 'idle' | 'joining' | 'joined' | 'reconnecting' } | Left

/** What the state is made from, beside media and links. An unchanged part is the same object. */
type StateSources = {
  readonly room: Room | undefined
  readonly selfId: string | undefined
  readonly reconnecting: ReadonlySet<string>
  readonly status: Status
}

const NO_ONE: readonly ParticipantView[] = []

/** Makes the state. Compares its sources by identity, and makes only what has changed. */
export class StateBuilder<Fields extends object> {
  #media: MediaView = NO_MEDIA
  readonly #fieldsOf: (room: Room) => Fields
  readonly #empty: Fields
  #fields: Fields
  #sources: StateSources = { room: undefined, selfId: undefined, reconnecting: new Set(), status: { status: 'idle' } }
  #state: StateOf<Fields>
  /** Whether media or links have changed since the views of participants were made. */
  #isStale = false

  /** @param fieldsOf the fields that the features add */
  constructor(fieldsOf: (room: Room) => Fields) {
    this.#fieldsOf = fieldsOf
    this.#empty = fieldsOf(emptyRoom())
    this.#fields = this.#empty
    this.#state = this.#outside(this.#sources.status)
  }

  /** From now on participants are shown with this media and these links. */
  showMedia(media: MediaView): void {
    this.#media = media
    this.invalidate()
  }

  /** Media or links of participants have changed. */
  invalidate(): void {
    this.#isStale = true
  }

  /** The state: the same object as before if nothing has changed. */
  build(sources: StateSources): StateOf<Fields> {
    const last = this.#sources
    if (!this.#isStale && keep(last, sources) === last) return this.#state
    this.#sources = sources
    this.#state = keep(this.#state, this.#next(sources, last))
    this.#isStale = false
    return this.#state
  }

  /** @param room the room that it is in, or was in */
  view(of: Participant, room: Room): ParticipantView {
    const { selfId, reconnecting } = this.#sources
    return participantView(of, { room, selfId, reconnecting, media: this.#media })
  }

  #next({ room, selfId, reconnecting, status }: StateSources, last: StateSources): StateOf<Fields> {
    if (room === undefined) return this.#outside(status)
    const before = this.#state
    // Our seat is gone, and the goodbye that says why follows. Until then the state keeps the room as it was.
    if (participantOf(room, selfId ?? '') === undefined) return { ...before, ...status } as StateOf<Fields>
    const sameViews =
      !this.#isStale &&
      last.room?.participants === room.participants &&
      last.selfId === selfId &&
      last.reconnecting === reconnecting
    const views = sameViews ? before.participants : room.participants.map((each) => this.view(each, room))
    const participants = share(before.participants, views)
    this.#fields = share(this.#fields, this.#fieldsOf(room))
    return {
      ...status,
      ...this.#fields,
      room: share(before.room, roomView(room)),
      self: participants.find((each) => each.isSelf),
      participants,
      viewerCount: participants.filter((each) => !each.isOnStage).length,
    } as StateOf<Fields>
  }

  #outside(status: Status): StateOf<Fields> {
    this.#fields = this.#empty
    const nothing = { room: null, self: null, participants: NO_ONE, viewerCount: 0 }
    return { ...status, ...this.#fields, ...nothing } as StateOf<Fields>
  }
}

/** A room that has just opened. Its fields are those of a client that is in no room. */
const emptyRoom = (): Room => {
  const event = { type: 'room.opened', roomId: '', instance: '', mode: MODES.camera } as const
  return evolve(undefined, { seq: 1, at: 0, by: null, event })
}
