import * as v from 'valibot'
import { maxCharacters } from './characters'
import { commandId, instanceId, joinId, seq, sessionKey } from './ids'
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

/** Whether a participant's connection is up. A cast: it is not logged. */
export const presence = v.picklist(['connected', 'reconnecting'])
/** Whether a participant's connection is up. */
export type Presence = 'connected' | 'reconnecting'

/** What a client asks of its connection. */
export const sessionCommands = [joinCommand, leaveCommand, sessionRefresh] as const
