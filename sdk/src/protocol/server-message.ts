import * as v from 'valibot'
import { passedOn } from './client-message'
import { goodbyeCode, rejection } from './errors'
import { loggedEvent } from './event'
import { commandId, instanceId, participantId, seq, timestamp } from './ids'
import { limits } from './limits'
import { room } from './room'
import { presence } from './session'
import { signalDown } from './signal'

/** An entry of `RTCConfiguration.iceServers` (W3C WebRTC). Credentials are for this session alone. */
export const iceServer = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
})
/** A STUN or TURN server, as `RTCConfiguration.iceServers` takes it. @useDeclaredType */
export type IceServer = v.InferOutput<typeof iceServer>

/**
 * The first message on a joined connection: either the whole `room`, or the `events` missed since the hello's `seq`.
 * `resumed` tells which.
 */
export const welcome = v.object({
  type: v.literal('welcome'),
  /** The version that the server speaks. */
  protocol: v.number(),
  /** Who the client is. */
  self: participantId,
  instance: instanceId,
  seq,
  /** Whether `events` continue from the hello's `seq`; otherwise there is a `room`. */
  resumed: v.boolean(),
  /** The room as it is now. */
  room: v.optional(room),
  /** What the client missed. */
  events: v.optional(v.array(loggedEvent)),
  /** Participants that are disconnected now. */
  reconnecting: v.array(participantId),
  iceServers: v.array(iceServer),
  limits,
  /** The highest command id that the ledger holds for this session; the next one is above it. 0 when there is none. */
  lastCommandId: v.number(),
  /** By the server's clock. */
  serverTime: timestamp,
  /**
   * Another session of this identity has the seat; it changes hands when the client sends `join`. A client that
   * closes the connection before that takes nothing.
   */
  confirm: v.optional(v.literal(true)),
})
/** The first message on a joined connection. */
export type Welcome = v.InferOutput<typeof welcome>

/** A held connection is verified; `join` takes the seat. */
export const held = v.object({ type: v.literal('held'), iceServers: v.array(iceServer), limits })

/** Something happened in the room. Each participant gets each event, in order, without gaps. */
export const eventMessage = v.object({ type: v.literal('event'), logged: loggedEvent })

/** The answer to a command. `seq`: the event it led to, or the room's last one when it changed nothing. */
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

/** A signal or cast that was not passed on; they have no reply. */
export const rejected = v.object({
  type: v.literal('rejected'),
  /** Which of the two. */
  what: v.picklist(['signal', 'cast']),
  /** Whom it was for. */
  to: v.optional(participantId),
  error: rejection,
})

/** A participant's connection went down or came back. It is not logged. */
export const presenceMessage = v.object({ type: v.literal('presence'), participantId, presence })

/** The token expires at `expiresAt`: send a new one with `session.refresh`. */
export const refreshNeeded = v.object({ type: v.literal('session.refreshNeeded'), expiresAt: timestamp })

/** Other ICE servers from now on: TURN passwords are renewed before they expire. */
export const iceServersMessage = v.object({ type: v.literal('iceServers'), iceServers: v.array(iceServer) })
/** The answer to `heartbeat`. */
export const heartbeatDown = v.object({ type: v.literal('heartbeat') })

/** The last message before the server closes; `code` decides what the client does next. */
export const goodbye = v.object({
  type: v.literal('goodbye'),
  code: goodbyeCode,
  /** A sentence for people. */
  reason: v.string(),
  retryable: v.boolean(),
  retryAfterMs: v.optional(v.number()),
})
/** The last message before the server closes. */
export type Goodbye = v.InferOutput<typeof goodbye>

/** All messages of the server. Loose: the SDK drops what it does not know. */
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
/** The server's message of one type. */
export type ServerMessageOf<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>
