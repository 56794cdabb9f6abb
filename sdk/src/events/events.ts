import type { LiveStreamError } from '../errors'
import type { ChatMessage, GoodbyeCode, Role, Source, SourceState } from '../protocol'
import type { ClientState, LeftReason, LinkState, ParticipantView, StreamKind } from '../state/state'

/** Event name → payload. A payload is always one object. `client.state` already has the change when an event comes. */
export type LiveStreamEvents = {
  /** The state changed. Listeners of `subscribe` are called at the same moment. */
  stateChanged: { state: ClientState }
  /** The client has joined the room. */
  joined: { participant: ParticipantView }
  /** The connection to the server was lost; media goes on. */
  reconnecting: { attempt: number; retryInMs: number }
  /** The connection is back. `resumed`: all missed events arrived; otherwise the client got a snapshot of the room. */
  reconnected: { resumed: boolean }
  /** The client has left the room, by `leave()`, the server's goodbye or a final failure. */
  left: { reason: LeftReason; error?: LiveStreamError }
  /** A new participant is in the room. Not emitted for your own, or for those that were there before. */
  participantJoined: { participant: ParticipantView }
  /** A participant reloaded its page, joined again while its seat was kept, or continued on another device. */
  participantReturned: { participant: ParticipantView }
  /** A participant is gone: it `left`, was `lost` (did not come back in time) or `removed` by a moderator. */
  participantLeft: { participant: ParticipantView; reason: 'left' | 'lost' | 'removed' }
  /** A participant (`isSelf`: this client's own) has another role. `succession`: it follows a host that was lost; `token`: a new token lowered it, or made it host in a room without one. */
  roleChanged: { participant: ParticipantView; previous: Role; reason: 'moderation' | 'stage' | 'succession' | 'token' }
  /**
   * Another participant (`isSelf`: this client's own) is host now: it `joined` as one, or its role changed for the `reason` that
   * `roleChanged` gives. Null when the last host is lost: the room is `waiting` for one until `state.room.hostGraceUntil`,
   * or the wait is over and it is `hostless`.
   */
  hostChanged: {
    participant: ParticipantView | null
    reason: 'joined' | 'moderation' | 'stage' | 'succession' | 'token' | 'waiting' | 'hostless'
  }
  /** A participant lost its connection or has it again: see `participant.presence`. */
  presenceChanged: { participant: ParticipantView }
  /** Media of a participant can be shown. `stream` is the participant's stream of that kind. */
  trackAdded: {
    participant: ParticipantView
    source: Source
    track: MediaStreamTrack
    stream: MediaStream
    kind: StreamKind
  }
  /** Media of a participant ended: it was unpublished, or its owner may no longer publish, or is gone. */
  trackRemoved: { participant: ParticipantView; source: Source; kind: StreamKind }
  /** A published source was muted, unmuted or interrupted. `by` is the moderator's id if a moderator did it. */
  sourceChanged: { participant: ParticipantView; source: Source; state: SourceState; by: string | null }
  /** A participant, perhaps your own, wrote in the chat. */
  message: { message: ChatMessage; isOwn: boolean }
  /** A chat message was deleted, and is no longer in the state. */
  messageDeleted: { messageId: string }
  /** A participant, perhaps your own, reacted. */
  reaction: { participant: ParticipantView; emoji: string }
  /** An app message of `client.data.send`. The server checks only size and depth: validate the value. */
  data: { participant: ParticipantView; value: unknown }
  /** A viewer, perhaps your own participant, raised a hand. */
  stageRequested: { participant: ParticipantView }
  /** A hand is down again. `roleChanged` follows `approved`. */
  stageRequestClosed: { participant: ParticipantView; outcome: 'approved' | 'rejected' | 'cancelled' }
  /** A moderator (`by`: its id) invited a viewer, perhaps your own participant, on stage: `stage.request()` accepts. */
  stageInvited: { participant: ParticipantView; by: string }
  /** An invitation is no longer open. */
  stageInvitationClosed: { participant: ParticipantView; outcome: 'accepted' | 'declined' | 'withdrawn' }
  /** The room was locked or unlocked. */
  roomLocked: { locked: boolean }
  /** A ban was made or lifted. Moderators get the list from `moderation.bans()`. `by`: the moderator's id. */
  bansChanged: { by: string | null }
  /** The room is over: a host or the server ended it, or it was empty. `left` follows. */
  roomEnded: { reason: 'ended' | 'empty' }
  /** The state of the link to a participant changed. `error` says why it is `recovering`. */
  linkChanged: { participant: ParticipantView; link: LinkState; error?: LiveStreamError }
  /** The browser plays no sound until the user touches the page: call `media.resumePlayback()` in a click. */
  playbackBlocked: { blocked: boolean }
  /** Cameras, microphones or speakers were added or removed. */
  devicesChanged: { devices: readonly MediaDeviceInfo[] }
  /** A device in use was lost (`interrupted`), or a capture failed. */
  mediaError: { source: Source; error: LiveStreamError }
  /**
   * A call failed; its promise rejects too. `cast`: a reaction or an app message was rejected after its promise had
   * resolved.
   */
  commandFailed: { command: string; error: LiveStreamError }
  /** The server ends the connection: it shuts down, or rejects the client. */
  goodbye: { code: GoodbyeCode; reason: string; retryable: boolean }
  /** One of your listeners threw; the others were called anyway. */
  listenerFailed: { event: string; error: unknown }
}
/** The name of an event. */
export type LiveStreamEventName = keyof LiveStreamEvents
