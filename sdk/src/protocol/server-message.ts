import * as v from 'valibot'
import { passedOn } from './client-message'
import { goodbyeCode, rejection } from './errors'
import { commandId, instanceId, participantId, seq, timestamp } from './ids'
import { limits } from './limits'
import { loggedEvent, room } from './room'
import { presence } from './session'
import { signalDown } from './signal'

/** An entry of `RTCConfiguration.iceServers` (W3C WebRTC). Credentials are valid for this session only. */
export const iceServer = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
})
/** A STUN or TURN server, as `RTCConfiguration.iceServers` takes it. @useDeclaredType */
export type IceServer = v.InferOutput<typeof iceServer>

/**
 * Whether an ICE server is a TURN server: one of its URLs has the scheme `turn` or `turns`.
 *
 * @example
 * ```ts
 * import { isTurn } from '@peerstage/sdk/protocol'
 *
 * isTurn({ urls: ['stun:stun.example.com', 'turn:turn.example.com'] }) // true
 * ```
 */
export const isTurn = ({ urls }: IceServer): boolean => [urls].flat().some((url) => /^turns?:/i.test(url))

/**
 * The first message on a joined connection. It has either the whole `room`, or the `events` after the `seq` of the hello;
 * `resumed` tells which one.
 */
export const welcome = v.object({
  type: v.literal('welcome'),
  /** The version that the server speaks. */
  protocol: v.number(),
  /** The participant id of the client. */
  self: participantId,
  instance: instanceId,
  seq,
  /** Whether `events` continue from the `seq` of the hello; otherwise there is a `room`. */
  resumed: v.boolean(),
  /** The room as it is now. */
  room: v.optional(room),
  /** The events that the client missed. */
  events: v.optional(v.array(loggedEvent)),
  /** Participants that are disconnected now. */
  reconnecting: v.array(participantId),
  iceServers: v.array(iceServer),
  limits,
  /** The highest command id in the ledger for this session, or 0. The next command must have a higher one. */
  lastCommandId: v.number(),
  /** The time of the server's clock. */
  serverTime: timestamp,
  /**
   * Another session of this identity has the seat. This client takes it over when it sends `join`. If it
   * closes the connection before that, the other session keeps the seat.
   */
  confirm: v.optional(v.literal(true)),
})
/** The first message on a joined connection. */
export type Welcome = v.InferOutput<typeof welcome>

/** A held connection is verified; `join` takes the seat. */
export const held = v.object({ type: v.literal('held'), iceServers: v.array(iceServer), limits })

/** An event of the room. Each participant gets all events, in order and without gaps. */
export const eventMessage = v.object({ type: v.literal('event'), logged: loggedEvent })

/** The answer to a command. `seq`: the number of the event that it caused, or of the room's last event when it changed nothing. */
export const reply = v.variant('ok', [
  v.object({ type: v.literal('reply'), re: commandId, ok: v.literal(true), seq, result: v.optional(v.unknown()) }),
  v.object({ type: v.literal('reply'), re: commandId, ok: v.literal(false), error: rejection }),
])
/** The answer to a command. */
export type Reply = v.InferOutput<typeof reply>

/** A cast of another participant. */
export const castDown = v.object({
  type: v.literal('cast'),
  from: participantId,
  cast: passedOn,
})
/** A cast of another participant. */
export type CastDown = v.InferOutput<typeof castDown>

/** Reports a signal or cast that the server did not relay, because these have no reply. */
export const rejected = v.object({
  type: v.literal('rejected'),
  /** Which of the two was rejected. */
  what: v.picklist(['signal', 'cast']),
  /** Its addressee. */
  to: v.optional(participantId),
  error: rejection,
})

/** The connection of a participant was lost or came back. It is not logged. */
export const presenceMessage = v.object({ type: v.literal('presence'), participantId, presence })

/** The token expires at `expiresAt`: the client must send a new one with `session.refresh`. */
export const refreshNeeded = v.object({ type: v.literal('session.refreshNeeded'), expiresAt: timestamp })

/** The ICE servers to use from now on, because TURN passwords expire and are renewed before. */
export const iceServersMessage = v.object({ type: v.literal('iceServers'), iceServers: v.array(iceServer) })
/** The answer to `heartbeat`. */
export const heartbeatDown = v.object({ type: v.literal('heartbeat') })

/** The last message before the server closes; `code` decides what the client does next. */
export const goodbye = v.object({
  type: v.literal('goodbye'),
  code: goodbyeCode,
  /** A sentence for users. */
  reason: v.string(),
  retryable: v.boolean(),
  retryAfterMs: v.optional(v.number()),
})
/** The last message before the server closes. */
export type Goodbye = v.InferOutput<typeof goodbye>

/** All messages of the server. Loose: the SDK ignores messages and keys that it does not know. */
export const serverMessage = v.variant('type', [
  welcome,
  held,
  eventMessage,
  reply,
  signalDown,
  castDown,
  rejected,
  presenceMessage,
  refreshNeeded,
  iceServersMessage,
  heartbeatDown,
  goodbye,
])
/** All messages of the server, as the schema accepts them. */
export type ServerMessage = v.InferOutput<typeof serverMessage>
/** The server message of one type. */
export type ServerMessageOf<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>
