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
  /** Somebody new is in the room. Not told of oneself, nor of those who were there before. */
  participantJoined: { participant: ParticipantView }
  /** A participant loaded its page anew, joined again while its place was kept, or went on from another device. */
  participantReturned: { participant: ParticipantView }
  /** A participant is gone: it `left`, was `lost` (did not come back in time) or `removed` by a moderator. */
  participantLeft: { participant: ParticipantView; reason: 'left' | 'lost' | 'removed' }
  /** A participant (`isSelf`: this client's own) has another role. `succession`: it follows a host that was lost; `token`: a fresh token lowered it, or made it host in a room without one. */
  roleChanged: { participant: ParticipantView; previous: Role; reason: 'moderation' | 'stage' | 'succession' | 'token' }
  /**
   * Another participant (`isSelf`: this client's own) is host now: it `joined` as one, or its role has changed for the `reason` that
   * `roleChanged` gives. Null where the last host is lost: the room is `waiting` for one until `state.room.hostGraceUntil`,
   * or the wait is over and it is `hostless`.
   */
  hostChanged: {
    participant: ParticipantView | null
    reason: 'joined' | 'moderation' | 'stage' | 'succession' | 'token' | 'waiting' | 'hostless'
  }
  /** A participant's connection went down or came back: see `participant.presence`. */
  presenceChanged: { participant: ParticipantView }
  /** Media of a participant can be shown. `stream` is the stable stream of its kind. */
  trackAdded: {
    participant: ParticipantView
    source: Source
    track: MediaStreamTrack
    stream: MediaStream
    kind: StreamKind
  }
  /** Media of a participant ended: unpublished, or its owner may no longer publish, or is gone. */
  trackRemoved: { participant: ParticipantView; source: Source; kind: StreamKind }
  /** A published source was muted, unmuted or interrupted. `by` is the moderator's id when it was not its owner. */
  sourceChanged: { participant: ParticipantView; source: Source; state: SourceState; by: string | null }
  /** Somebody, perhaps oneself, wrote in the chat. */
  message: { message: ChatMessage; isOwn: boolean }
  /** A chat message was deleted, and is no longer in the state. */
  messageDeleted: { messageId: string }
  /** Somebody, perhaps oneself, reacted. */
  reaction: { participant: ParticipantView; emoji: string }
  /** An app message of `client.data.send`. Checked for size and depth only: validate it. */
  data: { participant: ParticipantView; value: unknown }
  /** A viewer, perhaps oneself, raised the hand. */
  stageRequested: { participant: ParticipantView }
  /** A hand is down again. After `approved` comes `roleChanged`. */
  stageRequestClosed: { participant: ParticipantView; outcome: 'approved' | 'rejected' | 'cancelled' }
  /** A moderator (`by`: its id) invited a viewer, perhaps oneself, on stage: `stage.request()` accepts. */
  stageInvited: { participant: ParticipantView; by: string }
  /** An invitation is no longer open. */
  stageInvitationClosed: { participant: ParticipantView; outcome: 'accepted' | 'declined' | 'withdrawn' }
  /** The room was locked or unlocked. */
  roomLocked: { locked: boolean }
  /** Somebody was banned, or a ban was lifted. Moderators ask `moderation.bans()` who. `by`: the moderator's id. */
  bansChanged: { by: string | null }
  /** The room is over: a host or the server ended it, or it stood empty. `left` follows. */
  roomEnded: { reason: 'ended' | 'empty' }
  /** The link to a participant goes through another state. `error` tells why it is `recovering`. */
  linkChanged: { participant: ParticipantView; link: LinkState; error?: LiveStreamError }
  /** The browser refuses to play sound until the user touches the page: call `media.resumePlayback()` in a click. */
  playbackBlocked: { blocked: boolean }
  /** Cameras, microphones or speakers were plugged in or out. */
  devicesChanged: { devices: readonly MediaDeviceInfo[] }
  /** A device in use was lost (`interrupted`), or a capture failed. */
  mediaError: { source: Source; error: LiveStreamError }
  /**
   * A verb failed; also the rejection of its promise. `cast`: a reaction or an app message was refused after its promise had
   * resolved.
   */
  commandFailed: { command: string; error: LiveStreamError }
  /** The server is about to go down, or refuses; the client tells what it will do. */
  goodbye: { code: GoodbyeCode; reason: string; retryable: boolean }
  /** One of your listeners threw; the others were called all the same. */
  listenerFailed: { event: string; error: unknown }
}
/** The name of an event. */
export type LiveStreamEventName = keyof LiveStreamEvents
