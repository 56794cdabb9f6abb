import * as v from 'valibot'
import { chatCommands } from './chat'
import { dataCast, dataDown } from './data'
import { mediaCommands } from './media'
import { moderationCommands } from './moderation'
import { pinCommands } from './pins'
import { reactionCast, reactionDown } from './reactions'
import { heartbeat, sessionCommands } from './session'
import { signalUp } from './signal'
import { stageCommands } from './stage'
import { strict } from './strict'

/** A command to the room. The server answers it with exactly one reply. */
export const roomCommand = v.variant('type', roomSchemas())
/** The commands of each feature. */
function roomSchemas() {
  return [...mediaCommands, ...chatCommands, ...pinCommands, ...stageCommands, ...moderationCommands]
}
/** A command to the room, as its schema accepts it. */
export type RoomCommand = v.InferOutput<typeof roomCommand>
/** The room command of one type. */
export type RoomCommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** A command that concerns the connection. The server answers it with exactly one reply. */
export const sessionCommand = v.variant('type', sessionSchemas())
function sessionSchemas() {
  return [...sessionCommands]
}
/** A command that concerns the connection, as its schema accepts it. */
export type SessionCommand = v.InferOutput<typeof sessionCommand>
/** Any command: the server answers each with a reply. */
export type Command = RoomCommand | SessionCommand

/** Casts, which the server relays and does not store: as the sender sends them, and as the others get them. */
const CASTS = [
  { up: reactionCast, down: reactionDown },
  { up: dataCast, down: dataDown },
] as const
type AnyCast = (typeof CASTS)[number]

/** A cast: the server relays it and does not store it. */
export const cast = v.variant('type', castSchemas())
function castSchemas(): AnyCast['up'][] {
  return CASTS.map(({ up }) => up)
}
/** A cast, as the others get it. */
export const passedOn = v.variant('type', passedOnSchemas())
function passedOnSchemas(): AnyCast['down'][] {
  return CASTS.map(({ down }) => down)
}
/** A reaction or an app message. The server relays it and does not store it. */
export type Cast = v.InferOutput<typeof cast>

/** Sends a cast to the others. It is not logged, and its sender does not get it back. The only answer is `rejected`, on failure. */
export const castUp = strict({ type: v.literal('cast'), cast })

/** All messages of a client. Strict: a message with an unknown key or type is invalid. */
export const clientMessage = v.variant('type', [roomCommand, sessionCommand, signalUp, castUp, heartbeat])
/** All messages of a client, as the schema accepts them. */
export type ClientMessage = v.InferOutput<typeof clientMessage>
/** The client message of one type. */
export type ClientMessageOf<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>
