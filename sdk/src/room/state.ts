import type { LiveStreamError } from '../errors'
import type {
  ChatMessage,
  GoodbyeCode,
  Mode,
  Presence,
  Role,
  Source,
  SourceState,
  StageInvitation,
  StageRequest,
} from '../protocol'

/** Which of a participant's two streams: `talk` is microphone and camera, `screen` is screen and its sound. */
export type StreamKind = 'talk' | 'screen'

/** How the link to a participant is doing. `recovering`: it was lost or never came up, and starts over by itself. */
export type LinkState = 'connecting' | 'connected' | 'recovering'

/** One slot of a participant; `track` is there once its media arrives (for oneself: once it is captured). */
export type SourceView = SourceState & {
  /** In `streams` too, while it is published. */
  readonly track?: MediaStreamTrack
  /** Of one's own microphone and camera, while open: the device, as in `client.media.devices()`. */
  readonly deviceId?: string
  /** Of one's own microphone and camera, while open: the name of the device, for a menu of devices. */
  readonly label?: string
}

/** A participant as an app shows it. The same object until something of it changes. */
export type ParticipantView = {
  /** Made by the server, for this instance of the room. Never the token's identity. */
  readonly id: string
  /** To be shown; cleaned by the server, at most 64 characters. Not unique. */
  readonly name: string
  /** What it may do. */
  readonly role: Role
  /** Whether this is the client's own participant. */
  readonly isSelf: boolean
  /** Whether the role lets it publish. */
  readonly isOnStage: boolean
  /** What the token says of it: the app's own. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch, by the server's clock. */
  readonly joinedAt: number
  /** Whether its connection to the server is up. */
  readonly presence: Presence
  /** Its four slots: what is published, muted or interrupted. */
  readonly sources: Readonly<Record<Source, SourceView>>
  /** Stable streams that hold published tracks only; absent while nothing of the kind is published. */
  readonly streams: Readonly<Partial<Record<StreamKind, MediaStream>>>
  /** Null for oneself and for whoever one has no edge with. */
  readonly link: LinkState | null
  /** How loud it is here, from 0 to 1: what `media.setVolume` has set. 1 before, whatever the app has set in its elements. */
  readonly volume: number
  /** Whether it is silent here, by `media.muteForMe`. `sources.microphone.muted` says whether it is for all. */
  readonly mutedForMe: boolean
}

/** The room itself, without those who are in it. */
export type RoomView = {
  /** The room's id, as in the options. */
  readonly id: string
  /** This opening of the room: another one has other participants and another chat. */
  readonly instance: string
  /** How many may be on stage, and what they may publish. */
  readonly mode: Mode
  /** Whether nobody new comes in. */
  readonly locked: boolean
  /**
   * Until when the room waits for a host, having lost its last one: milliseconds since the epoch, by the server's clock. Then
   * a guest follows. Null while a participant is host, and where the room does not wait for one.
   */
  readonly hostGraceUntil: number | null
  /** Milliseconds since the epoch, by the server's clock: see `serverNow()`. */
  readonly openedAt: number
}

/** @inline */
type Content = {
  /** Null until one has joined, and once one has left. */
  readonly room: RoomView | null
  /** Oneself, as all see it. There whenever `room` is. */
  readonly self: ParticipantView | null
  /** In the order of joining, oneself included. */
  readonly participants: readonly ParticipantView[]
  /** How many are in the audience. */
  readonly viewerCount: number
  /** The newest messages, oldest first. */
  readonly messages: readonly ChatMessage[]
  /** Raised hands, oldest first: one for each viewer who asks to come on stage. All see them. */
  readonly stageRequests: readonly StageRequest[]
  /** Viewers who were invited on stage and have not answered, oldest first. All see them. */
  readonly invitations: readonly StageInvitation[]
}

/** @inline */
type Left = {
  /** Out of the room, for the `reason` beside it. `join()` works again. */
  readonly status: 'left'
  /** `left`: by one's own `leave()`. `failed`: joining did not succeed, and `error` says why. Else the server's code. */
  readonly reason: LeftReason
  /** What `join()` rejected with, or what the server said; absent after `leave()`. */
  readonly error?: LiveStreamError
}

/** Why one is no longer in the room: one's own `leave()`, or the server's goodbye. */
export type LeftReason = 'left' | GoodbyeCode | 'failed'

/** What an app shows. Immutable; parts that did not change keep their identity. Lists are empty when idle. */
export type ClientState =
  | (Content & {
      /**
       * `idle`: before the first `join()`. `joining`: until the first welcome. `reconnecting`: the connection to the server is down,
       * the place is kept and media goes on.
       */
      readonly status: 'idle' | 'joining' | 'joined' | 'reconnecting'
    })
  | (Content & Left)
