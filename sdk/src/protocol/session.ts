import * as v from 'valibot'
import { maxCharacters } from './characters'
import { commandId, instanceId, joinId, participantId, seq, sessionKey, timestamp } from './ids'
import { mode, role } from './roles'
import { strict } from './strict'

const token = v.pipe(v.string(), v.minLength(1), maxCharacters(5000))

/**
 * The first message of a client, inside the upgrade request.
 * `join` takes a seat at once. `hold` only verifies (a prejoin screen); the `join` command then takes the seat.
 */
export const hello = strict({
  /** Take a seat at once, or only be verified. */
  intent: v.picklist(['join', 'hold']),
  /** A JSON Web Token. Not needed in dev mode. */
  token: v.optional(token),
  /** Used if the token has no name. */
  name: v.optional(v.pipe(v.string(), maxCharacters(256))),
  /** Made by the client: the same key is the same session. */
  session: sessionKey,
  /** Rises with every socket of the session; a lower one that arrives late is rejected. */
  attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** Which stay of the session this is: another one is a return, with nothing published. */
  joinId,
  /** The last event that this client has folded, in `instance`: asks for the events after it. */
  seq: v.optional(seq),
  /** The instance that `seq` counts in. */
  instance: v.optional(instanceId),
  /** The client's own name and version, for the server's logs: `peerstage-sdk/0.1.0`. */
  client: v.pipe(v.string(), maxCharacters(64)),
})
/** The first message of a client. */
export type Hello = v.InferOutput<typeof hello>

/**
 * Takes the place that a held connection was verified for; answered by `welcome`, then its reply. And confirms a welcome that
 * asks for it; answered by the events since that welcome, then its reply.
 */
export const joinCommand = strict({ type: v.literal('join'), id: commandId })
/** Frees the seat at once. Answered, then the server closes. */
export const leaveCommand = strict({ type: v.literal('leave'), id: commandId })
/** Sends a new token before the old one expires. It may lower the role, never raise it. */
export const sessionRefresh = strict({ type: v.literal('session.refresh'), id: commandId, token })
/** Shows the server that the client is alive; the answer, also `heartbeat`, shows the client that the server is. */
export const heartbeat = strict({ type: v.literal('heartbeat') })

/** The room opens: the first event of each instance. */
export const roomOpened = v.object({
  type: v.literal('room.opened'),
  roomId: v.string(),
  instance: instanceId,
  mode,
})
/** A new participant is in the room. */
export const participantJoined = v.object({
  type: v.literal('participant.joined'),
  participant: v.object({
    id: participantId,
    name: v.string(),
    role,
    metadata: v.optional(v.record(v.string(), v.unknown())),
  }),
})
/** A participant that was here returns with a new `joinId`: a reload, a leave that did not arrive, or the same identity on another device. */
export const participantReturned = v.object({ type: v.literal('participant.returned'), participantId })
/** A participant is gone. */
export const participantLeft = v.object({
  type: v.literal('participant.left'),
  participantId,
  /** `left`: it said so, or closed its tab. `lost`: it did not come back in time. `removed`: it was kicked or banned. */
  reason: v.picklist(['left', 'lost', 'removed']),
})
/** The room is over: the last event of an instance. */
export const roomEnded = v.object({
  type: v.literal('room.ended'),
  /** `empty`: it had no participant for `limits.emptyRoomMs`. */
  reason: v.picklist(['ended', 'empty']),
})

/** The room lost its last host, no cohost follows, and it waits for a host. */
export const roomHostGraceStarted = v.object({
  type: v.literal('room.hostGraceStarted'),
  /** When a guest follows, unless there is a host by then. */
  until: timestamp,
})
/** The wait for a host is over and no participant may follow: the room goes on without a host. */
export const roomHostGraceEnded = v.object({ type: v.literal('room.hostGraceEnded') })

/** Whether a participant's connection is up. A cast: it is not logged. */
export const presence = v.picklist(['connected', 'reconnecting'])
/** Whether a participant's connection is up. */
export type Presence = 'connected' | 'reconnecting'
