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

/** A command to the room; answered by exactly one reply. */
export const roomCommand = v.variant('type', roomSchemas())
/** The commands of each feature. */
function roomSchemas() {
  return [...mediaCommands, ...chatCommands, ...pinCommands, ...stageCommands, ...moderationCommands]
}
/** A command to the room, as its schema accepts it. */
export type RoomCommand = v.InferOutput<typeof roomCommand>
/** The room command of one type. */
export type RoomCommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** A command to the connection itself; answered by exactly one reply. */
export const sessionCommand = v.variant('type', sessionSchemas())
function sessionSchemas() {
  return [...sessionCommands]
}
/** A command to the connection itself, as its schema accepts it. */
export type SessionCommand = v.InferOutput<typeof sessionCommand>
/** Everything that is answered by a reply. */
export type Command = RoomCommand | SessionCommand

/** What is passed on and not kept: as it comes from its sender, and as the others get it. */
const CASTS = [
  { up: reactionCast, down: reactionDown },
  { up: dataCast, down: dataDown },
] as const
type AnyCast = (typeof CASTS)[number]

/** What is passed on and not kept. */
export const cast = v.variant('type', castSchemas())
function castSchemas(): AnyCast['up'][] {
  return CASTS.map(({ up }) => up)
}
/** A cast, as the others get it. */
export const passedOn = v.variant('type', passedOnSchemas())
function passedOnSchemas(): AnyCast['down'][] {
  return CASTS.map(({ down }) => down)
}
/** What is passed on and not kept: a reaction, or an app message. */
export type Cast = v.InferOutput<typeof cast>

/** A short-lived message to the others: it is not logged, and its sender does not get it back. No answer, but `rejected`. */
export const castUp = strict({ type: v.literal('cast'), cast })

/** All messages of a client. Strict: an unknown key or type makes a bad message. */
export const clientMessage = v.variant('type', [roomCommand, sessionCommand, signalUp, castUp, heartbeat])
/** All messages of a client, as the schema accepts them. */
export type ClientMessage = v.InferOutput<typeof clientMessage>
/** The client's message of one type. */
export type ClientMessageOf<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>
