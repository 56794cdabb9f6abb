import * as v from 'valibot'
import { commandId, participantId } from './ids'
import { role } from './roles'
import { strict } from './strict'

/** Removes a participant; its identity is refused until the room closes, or for the given minutes. */
export const moderationKick = strict({
  type: v.literal('moderation.kick'),
  id: commandId,
  participantId,
  /** How long the identity is refused. Default: until the room closes. */
  minutes: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(7 * 24 * 60))),
})
/** Promotes or demotes; holds for the identity as long as the room lives. */
export const moderationSetRole = strict({
  type: v.literal('moderation.setRole'),
  id: commandId,
  participantId,
  role,
})
/** No new identity comes in; who is known may still come back. */
export const moderationLock = strict({ type: v.literal('moderation.lock'), id: commandId })
/** Lets new identities in again. */
export const moderationUnlock = strict({ type: v.literal('moderation.unlock'), id: commandId })
/** Ends the room for all; its id is refused for a minute. */
export const moderationEndRoom = strict({ type: v.literal('moderation.endRoom'), id: commandId })

/** A participant has another role now. */
export const roleChanged = v.object({
  type: v.literal('participant.roleChanged'),
  participantId,
  role,
  /** `succession`: the host was lost and this participant follows. `token`: a fresh token lowered it. */
  reason: v.picklist(['moderation', 'stage', 'succession', 'token']),
})
/** Nobody new comes in from here on, but hosts. */
export const roomLocked = v.object({ type: v.literal('room.locked') })
/** The room takes new participants again. */
export const roomUnlocked = v.object({ type: v.literal('room.unlocked') })
