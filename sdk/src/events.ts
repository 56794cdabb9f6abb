import type { LiveStreamError } from './errors'
import type { ChatMessage, GoodbyeCode, Role, Source, SourceState } from './protocol'
import type { ClientState, LeftReason, LinkState, ParticipantView, StreamKind } from './room/state'

/** Event name → payload. Payloads are always one object. What can be read from `client.state` is there already when an event comes. */
export type LiveStreamEvents = {
  /** The state is a new object. The same moment that `subscribe` listeners are called. */
  stateChanged: { state: ClientState }
  /** The room is joined for the first time. */
  joined: { participant: ParticipantView }
  /** The connection to the server is lost; media goes on. */
  reconnecting: { attempt: number; retryInMs: number }
  /** The connection is back. `resumed`: nothing was missed; otherwise the state was taken over as it is now. */
  reconnected: { resumed: boolean }
  /** The room is left for good, by `leave()`, the server's goodbye or a final failure. */
  left: { reason: LeftReason; error?: LiveStreamError }
  participantJoined: { participant: ParticipantView }
  /** A participant loaded its page anew, or went on from another device. */
  participantReturned: { participant: ParticipantView }
  participantLeft: { participant: ParticipantView; reason: 'left' | 'lost' | 'removed' }
  roleChanged: { participant: ParticipantView; previous: Role; reason: 'moderation' | 'stage' | 'succession' | 'token' }
  presenceChanged: { participant: ParticipantView }
  /** Media of a participant can be shown. `stream` is the stable stream of its kind. */
  trackAdded: {
    participant: ParticipantView
    source: Source
    track: MediaStreamTrack
    stream: MediaStream
    kind: StreamKind
  }
  trackRemoved: { participant: ParticipantView; source: Source; kind: StreamKind }
  /** A published source was muted, unmuted or interrupted. `by` is the moderator's id when it was not its owner. */
  sourceChanged: { participant: ParticipantView; source: Source; state: SourceState; by: string | null }
  message: { message: ChatMessage; isOwn: boolean }
  messageDeleted: { messageId: string }
  reaction: { participant: ParticipantView; emoji: string }
  /** An app message of `client.data.send`. Checked for size and depth only: validate it. */
  data: { participant: ParticipantView; value: unknown }
  stageRequested: { participant: ParticipantView }
  stageRequestClosed: { participant: ParticipantView; outcome: 'approved' | 'rejected' | 'cancelled' }
  stageInvited: { participant: ParticipantView; by: string }
  stageInvitationClosed: { participant: ParticipantView; outcome: 'accepted' | 'declined' | 'withdrawn' }
  roomLocked: { locked: boolean }
  roomEnded: { reason: 'ended' | 'empty' }
  linkChanged: { participant: ParticipantView; link: LinkState; error?: LiveStreamError }
  /** The browser refuses to play sound until the user touches the page: call `media.resumePlayback()` in a click. */
  playbackBlocked: { blocked: boolean }
  /** Cameras, microphones or speakers were plugged in or out. */
  devicesChanged: { devices: readonly MediaDeviceInfo[] }
  /** A device in use was lost (`interrupted`), or a capture failed. */
  mediaError: { source: Source; error: LiveStreamError }
  /** A verb failed; also the rejection of its promise. */
  commandFailed: { command: string; error: LiveStreamError }
  /** The server is about to go down, or refuses; the client tells what it will do. */
  goodbye: { code: GoodbyeCode; reason: string; retryable: boolean }
  /** One of your listeners threw; the others were called all the same. */
  listenerFailed: { event: string; error: unknown }
}
export type LiveStreamEventName = keyof LiveStreamEvents
