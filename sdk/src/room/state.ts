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
export type SourceView = SourceState & { readonly track?: MediaStreamTrack }

export type ParticipantView = {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly isSelf: boolean
  /** Whether the role lets it publish. */
  readonly isOnStage: boolean
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch, by the server's clock. */
  readonly joinedAt: number
  readonly presence: Presence
  readonly sources: Readonly<Record<Source, SourceView>>
  /** Stable streams that hold published tracks only; absent while nothing of the kind is published. */
  readonly streams: Readonly<Partial<Record<StreamKind, MediaStream>>>
  /** Null for oneself and for whoever one has no edge with. */
  readonly link: LinkState | null
}

export type RoomView = {
  readonly id: string
  readonly instance: string
  readonly mode: Mode
  readonly locked: boolean
  /** Milliseconds since the epoch, by the server's clock. */
  readonly openedAt: number
}

type Content = {
  readonly room: RoomView | null
  readonly self: ParticipantView | null
  /** In the order of joining, oneself included. */
  readonly participants: readonly ParticipantView[]
  /** How many are in the audience. */
  readonly viewerCount: number
  /** The newest messages, oldest first. */
  readonly messages: readonly ChatMessage[]
  readonly stageRequests: readonly StageRequest[]
  readonly invitations: readonly StageInvitation[]
}

/** Why one is no longer in the room: one's own `leave()`, or the server's goodbye. */
export type LeftReason = 'left' | GoodbyeCode | 'failed'

/** What an app shows. Immutable; parts that did not change keep their identity. Lists are empty when idle. */
export type ClientState =
  | (Content & { readonly status: 'idle' | 'joining' | 'joined' | 'reconnecting' })
  | (Content & { readonly status: 'left'; readonly reason: LeftReason; readonly error?: LiveStreamError })
