import * as v from 'valibot'
import { commandId, instanceId, joinId, seq, sessionKey } from './ids'
import { offerBody } from './signal'
import { strict } from './strict'
import { maxCharacters } from './text'

const token = v.pipe(v.string(), v.minLength(1), maxCharacters(5000))

/**
 * The first message of a client, sent in the upgrade request.
 * With `join` the client takes a seat at once. With `hold` it is only verified (prejoin screen); it takes the seat later with the `join` command.
 */
export const hello = strict({
  /** Whether the client takes a seat at once, or is only verified. */
  intent: v.picklist(['join', 'hold']),
  /** A JSON Web Token. Optional in dev mode. */
  token: v.optional(token),
  /** Used if the token has no name. */
  name: v.optional(v.pipe(v.string(), maxCharacters(256))),
  /** The client makes it. Connections with the same key belong to the same session. */
  session: sessionKey,
  /** Increases with every socket of the session. A late connection with a lower number is rejected. */
  attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** Identifies the stay of the session. With a new one the participant returns and has published nothing. */
  joinId,
  /** The number of the last event that the client folded, in `instance`. The client asks for the events after it. */
  seq: v.optional(seq),
  /** The instance that `seq` counts in. */
  instance: v.optional(instanceId),
  /** The name and version of the client, for the server's logs: `peerstage-sdk/0.1.0`. */
  client: v.pipe(v.string(), maxCharacters(64)),
})
/** The first message of a client. */
export type Hello = v.InferOutput<typeof hello>

/**
 * On a held connection: takes the seat. The server answers with `welcome`, then the reply. After a welcome with `confirm`:
 * confirms it. The server answers with the events since that welcome, then the reply.
 */
export const joinCommand = strict({
  type: v.literal('join'),
  id: commandId,
  /**
   * The offer of a newcomer. If its event says to whom it offers (`offersTo`), the server passes this on as its first signal to that
   * participant: `n` and `order` are 0. Otherwise it is dropped.
   */
  offer: v.optional(offerBody),
})
/** Frees the seat at once. The server replies, then closes the connection. */
export const leaveCommand = strict({ type: v.literal('leave'), id: commandId })
/** Sends a new token before the old one expires. It may lower the role, but not raise it. */
export const sessionRefresh = strict({ type: v.literal('session.refresh'), id: commandId, token })
/** Shows the server that the client is alive. The answer, also `heartbeat`, shows the client that the server is alive. */
export const heartbeat = strict({ type: v.literal('heartbeat') })

/** Whether a participant's connection is up. A cast: it is not logged. */
export const presence = v.picklist(['connected', 'reconnecting'])
/** Whether a participant's connection is up. */
export type Presence = 'connected' | 'reconnecting'

/** The commands that concern the connection. */
export const sessionCommands = [joinCommand, leaveCommand, sessionRefresh] as const
