import type { LiveStreamError } from '../errors'
import type { LinkState, StreamKind } from '../ports/participant-media'
import type { GoodbyeCode, Mode, Permission, Presence, Role, Source, SourceState } from '../protocol'

/** One slot of a participant; `track` is there when its media arrives (for your own: when it is captured). */
export type SourceView = SourceState & {
  /** Whether it can be heard or seen now: published, not muted and not interrupted. */
  readonly isLive: boolean
  /** The track, also in `streams` while it is published. */
  readonly track?: MediaStreamTrack
  /** Only for your own microphone and camera, while open: the device, as in `client.media.devices()`. */
  readonly deviceId?: string
  /** Only for your own microphone and camera, while open: the name of the device, for a menu of devices. */
  readonly label?: string
}

/** A participant. The same object until one of its fields changes. */
export type ParticipantView = {
  /** Made by the server, for this instance of the room. Never the token's identity. */
  readonly id: string
  /** The name to show: cleaned by the server, at most 64 characters. Not unique. */
  readonly name: string
  /** Its role, which says what it may do. */
  readonly role: Role
  /** Whether this is the client's own participant. */
  readonly isSelf: boolean
  /** Whether the role lets it publish. */
  readonly isOnStage: boolean
  /** The `metadata` of its token. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch, by the server's clock. */
  readonly joinedAt: number
  /** Whether it is connected to the server. */
  readonly presence: Presence
  /** Its four slots: what is published, muted or interrupted. */
  readonly sources: Readonly<Record<Source, SourceView>>
  /** Its streams, which contain only published tracks. Each is the same object for the whole stay, and absent while nothing of its kind is published. */
  readonly streams: Readonly<Partial<Record<StreamKind, MediaStream>>>
  /** Null for your own participant, and for one without an edge to you. */
  readonly link: LinkState | null
  /** Its volume here, from 0 to 1, as set by `media.setVolume`. Default 1, whatever the app has set in its elements. */
  readonly volume: number
  /** Whether `media.muteForMe` has muted it here. `sources.microphone.muted` says whether it is muted for all. */
  readonly mutedForMe: boolean
  /** Whether you may moderate this participant: mute it, remove it and change its role. The server decides. */
  readonly canModerate: boolean
}

/** Your own participant, as all see it, and what it may do. */
export type SelfView = ParticipantView & {
  /** What you may do now: `self.can.has('lock')`. For showing controls; the server decides. The same set until it changes. */
  readonly can: ReadonlySet<Permission>
}

/** The room, without its participants. */
export type RoomView = {
  /** The room's id, as in the options. */
  readonly id: string
  /** The id of this opening of the room. Another opening has other participants and another chat. */
  readonly instance: string
  /** How many may be on stage, and what they may publish. */
  readonly mode: Mode
  /** Whether new identities are rejected. */
  readonly locked: boolean
  /**
   * Until when the room waits for a host after it lost its last one: milliseconds since the epoch, by the server's clock. Then
   * a guest follows. Null while a participant is host, and when the room does not wait.
   */
  readonly hostGraceUntil: number | null
  /** Milliseconds since the epoch, by the server's clock: see `serverNow()`. */
  readonly openedAt: number
}

/** @inline */
type Core = {
  /** In the order of joining, your own included. */
  readonly participants: readonly ParticipantView[]
  /** How many participants are in the audience. */
  readonly viewerCount: number
}

/** @inline */
type InRoom = {
  /** The client is in the room. `reconnecting`: the connection to the server is down; the seat is kept and media goes on. */
  readonly status: 'joined' | 'reconnecting'
  /** The room. */
  readonly room: RoomView
  /** Your own participant, also in `participants`, and what it may do. */
  readonly self: SelfView
}

/** @inline */
type Outside = {
  /** `idle`: before the first `join()`. `joining`: until the first welcome. */
  readonly status: 'idle' | 'joining'
}

/** @inline */
export type Left = {
  /** The client has left the room, for the `reason` beside it. `join()` works again. */
  readonly status: 'left'
  /** `left`: by `leave()`. `failed`: joining did not succeed, and `error` says why. Otherwise the server's code. */
  readonly reason: LeftReason
  /** What `join()` rejected with, or what the server said; absent after `leave()`. */
  readonly error?: LiveStreamError
}

/** @inline */
type NoRoom = { readonly room: null; readonly self: null }

/** Why the client is no longer in the room: `leave()`, or the code of the server's goodbye. */
export type LeftReason = 'left' | GoodbyeCode | 'failed'

/** The state, with the fields that the features add: `room` and `self` are there while the client is in the room. */
export type StateOf<Fields> = Fields & Core & (InRoom | (Outside & NoRoom) | (Left & NoRoom))
