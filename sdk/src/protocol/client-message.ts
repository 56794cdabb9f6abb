import * as v from 'valibot'
import { chatDelete, chatHistory, chatSend } from './chat'
import { dataCast } from './data'
import { mediaUpdate, moderationMute } from './media'
import {
  moderationBan,
  moderationBanAuthor,
  moderationBans,
  moderationEndRoom,
  moderationKick,
  moderationLock,
  moderationSetRole,
  moderationUnban,
  moderationUnlock,
} from './moderation'
import { reactionCast } from './reaction'
import { heartbeat, joinCommand, leaveCommand, sessionRefresh } from './session'
import { signalUp } from './signal'
import { stageApprove, stageCancel, stageInvite, stageLeave, stageReject, stageRequestCommand } from './stage'
import { strict } from './strict'

/** A command to the room; answered by exactly one reply. */
export const roomCommand = v.variant('type', [
  mediaUpdate,
  chatSend,
  chatDelete,
  chatHistory,
  stageRequestCommand,
  stageCancel,
  stageApprove,
  stageReject,
  stageInvite,
  stageLeave,
  moderationMute,
  moderationKick,
  moderationBan,
  moderationBanAuthor,
  moderationUnban,
  moderationBans,
  moderationSetRole,
  moderationLock,
  moderationUnlock,
  moderationEndRoom,
])
/** A command to the room, as its schema accepts it. */
export type RoomCommand = v.InferOutput<typeof roomCommand>
/** The room command of one type. */
export type RoomCommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** A command to the connection itself; answered by exactly one reply. */
export const sessionCommand = v.variant('type', [joinCommand, leaveCommand, sessionRefresh])
/** A command to the connection itself, as its schema accepts it. */
export type SessionCommand = v.InferOutput<typeof sessionCommand>
/** Everything that is answered by a reply. */
export type Command = RoomCommand | SessionCommand

/** What is passed on and not kept. */
export const cast = v.variant('type', [reactionCast, dataCast])
/** What is passed on and not kept: a reaction, or an app message. */
export type Cast = v.InferOutput<typeof cast>

/** A short-lived message to the others: it is not logged, and its sender does not get it back. No answer, but `refused`. */
export const castUp = strict({ type: v.literal('cast'), cast })

/** All messages of a client. Strict: an unknown key or type makes a bad message. */
export const clientMessage = v.variant('type', [roomCommand, sessionCommand, signalUp, castUp, heartbeat])
/** All messages of a client, as the schema accepts them. */
export type ClientMessage = v.InferOutput<typeof clientMessage>
