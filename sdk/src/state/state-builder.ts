// Makes the state that apps see, out of the room, the media and links of participants, and the fields of the features.
import { type MediaView, perSource } from '../ports/participant-media'
import {
  evolve,
  isOnStage,
  MODES,
  mayActOn,
  type Participant,
  participantOf,
  permissionsOf,
  type Role,
  type Room,
  type Source,
} from '../protocol'
import type { Left, ParticipantView, RoomView, SourceView, StateOf } from './state'
import { keep, share } from './structural-sharing'

/** No media and no links. */
export const NO_MEDIA: MediaView = {
  tracksOf: () => ({}),
  streamsOf: () => ({}),
  linkOf: () => null,
  soundOf: () => ({}),
}

/** What the view of a participant is made with. */
type ViewContext = {
  /** The room that it is in, or was. */
  readonly room: Room
  readonly selfId: string | undefined
  readonly reconnecting: ReadonlySet<string>
  readonly media: MediaView
}

/** A participant as the app sees it. */
function participantView(of: Participant, { room, selfId, reconnecting, media }: ViewContext): ParticipantView {
  const { id, name, role, metadata, joinedAt } = of
  const { volume = 1, mutedForMe = false } = media.soundOf(id)
  const isSelf = id === selfId
  return {
    id,
    name,
    role,
    isSelf,
    isOnStage: isOnStage(role),
    ...(metadata === undefined ? {} : { metadata }),
    joinedAt,
    presence: reconnecting.has(id) ? 'reconnecting' : 'connected',
    sources: sourceViews(of, media.tracksOf(id), isSelf),
    streams: media.streamsOf(id),
    link: isSelf ? null : media.linkOf(id),
    volume,
    mutedForMe,
    ...(isSelf ? { can: permissionsOf(room, id) } : {}),
    canModerate: !isSelf && mayModerate(room, selfId, role),
  }
}

/** The permissions to mute, to remove and to give roles go together. The two roles decide whether they apply to the target. */
function mayModerate(room: Room, selfId = '', target: Role): boolean {
  const self = participantOf(room, selfId)
  return self !== undefined && permissionsOf(room, selfId).has('kick') && mayActOn(self.role, target)
}

function sourceViews(
  of: Participant,
  tracks: ReturnType<MediaView['tracksOf']>,
  isSelf: boolean,
): ParticipantView['sources'] {
  const view = (source: Source): SourceView => {
    const { [source]: state } = of.sources
    const { [source]: track } = tracks
    return {
      ...state,
      isLive: state.published && !state.muted && !state.interrupted,
      ...(track === undefined ? {} : { track }),
      ...(track !== undefined && isSelf && !source.startsWith('screen') ? deviceOf(track) : {}),
    }
  }
  return perSource(view)
}

/** A track without a device, such as that of a canvas, has no device id. Some tracks in Node have no settings. */
function deviceOf(track: MediaStreamTrack): Pick<SourceView, 'deviceId' | 'label'> {
  const deviceId = track.getSettings?.().deviceId
  return deviceId ? { deviceId, label: track.label } : {}
}

function roomView({ id, instance, mode, locked, hostGraceUntil, openedAt }: Room): RoomView {
  return { id, instance, mode, locked, hostGraceUntil, openedAt }
}

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
  /** The views of participants that need not be made again. */
  readonly #views = new Map<string, ParticipantView>()
  /** Whether media or links have changed since the state was made. */
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

  /** Media or links have changed: those of a participant, or of all. */
  invalidate(participantId?: string): void {
    this.#isStale = true
    if (participantId === undefined) this.#views.clear()
    else this.#views.delete(participantId)
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

  #next({ room, selfId, status }: StateSources, last: StateSources): StateOf<Fields> {
    if (room === undefined) return this.#outside(status)
    const before = this.#state
    // Our seat is gone, and the goodbye that says why follows. Until then the state keeps the room as it was.
    if (participantOf(room, selfId ?? '') === undefined) return { ...before, ...status } as StateOf<Fields>
    const isSameRoom = last.room === room
    const participants = this.#participants(room, last)
    if (!isSameRoom) this.#fields = share(this.#fields, this.#fieldsOf(room))
    return {
      ...status,
      ...this.#fields,
      room: isSameRoom ? before.room : share(before.room, roomView(room)),
      self: participants.find((each) => each.isSelf),
      participants,
      viewerCount: participants.filter((each) => !each.isOnStage).length,
    } as StateOf<Fields>
  }

  /** A link or a track changes one participant. The others keep their views, which then need not be made and compared. */
  #participants(room: Room, last: StateSources): readonly ParticipantView[] {
    const { selfId, reconnecting } = this.#sources
    const isAsBefore =
      last.room?.participants === room.participants && last.selfId === selfId && last.reconnecting === reconnecting
    if (!isAsBefore) this.#views.clear()
    const views = room.participants.map((each) => this.#views.get(each.id) ?? this.view(each, room))
    const participants = share(this.#state.participants, views)
    for (const each of participants) this.#views.set(each.id, each)
    return participants
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
