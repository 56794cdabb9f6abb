/**
 * Peerstage in the browser (and in Node): a live room in any app.
 *
 * - `LiveStreamClient` is all that an app makes: `join()`, `leave()`, `state` and `subscribe`, events by `on`, and the verbs
 *   `media`, `chat`, `reactions`, `stage`, `moderation`, `data`.
 * - `ClientState` and `ParticipantView` are the state to show; `LiveStreamEvents` are the events.
 * - `LiveStreamError` is the only error that it throws or rejects with; switch on its `code`.
 * - `checkSupport`, `formatCount` and `formatDuration` help the page around it.
 *
 * Importing this touches no global.
 *
 * @packageDocumentation
 */
export type { JoinOptions, PrepareOptions } from './client/cancelling'
export { LiveStreamClient } from './client/client'
export type { LogFields, LogLevel, LogSink } from './client/logger'
export type { LiveStreamClientOptions } from './client/options'
export { checkSupport, type Support } from './client/support'
export { type ErrorCode, type ErrorDetails, LiveStreamError, type LocalErrorCode } from './errors'
export type { AnyEvent, Emitted, Listener } from './events/emitter'
export type { LiveStreamEventName, LiveStreamEvents } from './events/events'
export { formatCount, formatDuration } from './format'
export type { DeviceSource, ScreenOptions } from './media/constraints'
export type { PublishInput, PublishOptions } from './media/devices'
export type { PlaybackTarget } from './media/playback'
export type { ShareScreenOptions } from './media/screen-share'
export type { LinkView } from './peering/link-view'
export type { LinkStats, ReceivedStats, SentStats } from './peering/stats'
export type { WebRtc } from './peering/webrtc'
export type { LinkState, StreamKind } from './ports/participant-media'
export type {
  ChatHistoryResult,
  ChatMessage,
  IceServer,
  ListedBan,
  Mode,
  ModeName,
  Permission,
  Presence,
  Role,
  Source,
  SourceState,
  StageInvitation,
  StageRequest,
} from './protocol'
export type { KeyValueStore } from './signaling/browser-page'
export type { TokenSource } from './signaling/session-ports'
export type { WebSocketConstructor, WebSocketLike } from './signaling/socket'
export type {
  LeftReason,
  ParticipantView,
  RoomView,
  SelfView,
  SourceView,
} from './state/state'
export type { ChatVerbs } from './verbs/chat'
export type { DataVerbs } from './verbs/data'
export type { MediaVerbs } from './verbs/media'
export type { ModerationVerbs } from './verbs/moderation'
export type { PinVerbs } from './verbs/pins'
export type { PublishingVerbs } from './verbs/publishing'
export type { ReactionVerbs } from './verbs/reactions'
export type { ClientState } from './verbs/slices'
export type { StageVerbs } from './verbs/stage'
export { SDK_VERSION } from './version'
