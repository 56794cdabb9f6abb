import * as v from 'valibot'
import { chatDelete, chatHistory, chatSend } from './chat'
import { dataCast } from './data'
import { mediaUpdate, moderationMute } from './media'
import { moderationEndRoom, moderationKick, moderationLock, moderationSetRole, moderationUnlock } from './moderation'
import { reactionCast } from './reaction'
import { heartbeat, joinCommand, leaveCommand, sessionRefresh } from './session'
import { signalUp } from './signal'
import { stageApprove, stageCancel, stageInvite, stageLeave, stageReject, stageRequestCommand } from './stage'
import { strict } from './strict'

/** What is asked of the room; answered by exactly one reply. */
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
  moderationSetRole,
  moderationLock,
  moderationUnlock,
  moderationEndRoom,
])
export type RoomCommand = v.InferOutput<typeof roomCommand>
export type RoomCommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** What is asked of the connection itself; answered by exactly one reply. */
export const sessionCommand = v.variant('type', [joinCommand, leaveCommand, sessionRefresh])
export type SessionCommand = v.InferOutput<typeof sessionCommand>
export type Command = RoomCommand | SessionCommand

export const cast = v.variant('type', [reactionCast, dataCast])
export type Cast = v.InferOutput<typeof cast>

export const castUp = strict({ type: v.literal('cast'), cast })

/** Everything a client may say. Strict: an unknown key or type makes a bad message. */
export const clientMessage = v.variant('type', [roomCommand, sessionCommand, signalUp, castUp, heartbeat])
export type ClientMessage = v.InferOutput<typeof clientMessage>
