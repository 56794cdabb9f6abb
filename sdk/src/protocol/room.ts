import * as v from 'valibot'
import { chatMessage } from './chat'
import { instanceId, participantId, roomId, seq, timestamp } from './ids'
import { sourceStates } from './media'
import { mode, role } from './roles'
import { stageInvitation, stageRequest } from './stage'

/** A participant as all see it. */
export const participant = v.object({
  id: participantId,
  /** The name to show: cleaned by the server, at most 64 characters. */
  name: v.string(),
  role,
  /** The `metadata` of its token. */
  metadata: v.optional(v.record(v.string(), v.unknown())),
  joinedAt: timestamp,
  /** The event at which it joined, or last returned with a new `joinId`. The lower one of a pair makes the offers. */
  joinSeq: seq,
  /** The event at which it got its current role. */
  roleSeq: seq,
  /** What it publishes. */
  sources: sourceStates,
})
/** A participant as all see it. @useDeclaredType */
export type Participant = v.InferOutput<typeof participant>

/** A pair of which one is on stage. `born`: the event that made it; with a new one the link starts again. */
export const edge = v.object({ offerer: participantId, answerer: participantId, born: seq })
/** A pair of participants of which one is on stage. */
export type Edge = v.InferOutput<typeof edge>

/** The public state of a room: the same at the server and at every client that has folded the same events. */
export const room = v.object({
  id: roomId,
  instance: instanceId,
  /** The last event that is folded into this. */
  seq,
  status: v.picklist(['open', 'closed']),
  mode,
  locked: v.boolean(),
  openedAt: timestamp,
  /**
   * Until when the room waits for a host after it lost its last one (ms since the epoch, by the server's clock). Null while
   * there is a host, and when the room does not wait.
   */
  hostGraceUntil: v.optional(v.nullable(timestamp), null),
  /** In the order of joining. */
  participants: v.array(participant),
  /** Which pairs have a link. */
  edges: v.array(edge),
  /** The newest messages, oldest first. */
  messages: v.array(chatMessage),
  /** Raised hands, the oldest first. */
  stageRequests: v.array(stageRequest),
  /** Open invitations to the stage, the oldest first. */
  invitations: v.array(stageInvitation),
})
/** The public state of a room. @useDeclaredType */
export type Room = v.InferOutput<typeof room>

/**
 * The participant of an id; undefined when it is not in the room.
 *
 * @example
 * ```ts
 * import { participantOf, type Room } from '@peerstage/sdk/protocol'
 *
 * const nameOf = (room: Room, id: string) => participantOf(room, id)?.name ?? 'a former participant'
 * ```
 */
export const participantOf = (of: Room, id: string): Participant | undefined =>
  of.participants.find((each) => each.id === id)
