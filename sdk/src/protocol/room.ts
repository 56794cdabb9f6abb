import * as v from 'valibot'
import { chatMessage } from './chat'
import { instanceId, participantId, roomId, seq, timestamp } from './ids'
import { sourceStates } from './media'
import { mode, role } from './roles'
import { stageInvitation, stageRequest } from './stage'

/** A participant as all see it. */
export const participant = v.object({
  id: participantId,
  name: v.string(),
  role,
  metadata: v.optional(v.record(v.string(), v.unknown())),
  joinedAt: timestamp,
  /** The event at which its current page joined or returned. The lower one of a pair makes the offers. */
  pageSeq: seq,
  /** The event at which it got its current role. */
  roleSeq: seq,
  sources: sourceStates,
})
export type Participant = v.InferOutput<typeof participant>

/** A pair of which one is on stage. `born`: the event that made it; a new one means that the link starts afresh. */
export const edge = v.object({ offerer: participantId, answerer: participantId, born: seq })
export type Edge = v.InferOutput<typeof edge>

/** The public state of a room: the same at the server and at every client that has folded the same events. */
export const room = v.object({
  id: roomId,
  instance: instanceId,
  seq,
  status: v.picklist(['open', 'closed']),
  mode,
  locked: v.boolean(),
  openedAt: timestamp,
  /** In the order of joining. */
  participants: v.array(participant),
  edges: v.array(edge),
  /** The newest messages, oldest first. */
  messages: v.array(chatMessage),
  stageRequests: v.array(stageRequest),
  invitations: v.array(stageInvitation),
})
export type Room = v.InferOutput<typeof room>

export const participantOf = (of: Room, id: string): Participant | undefined =>
  of.participants.find((each) => each.id === id)
