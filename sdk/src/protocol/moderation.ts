import * as v from 'valibot'
import { banId, commandId, messageId, participantId, timestamp } from './ids'
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
/** Bans of one room id at a time. The list of them is one reply, and no moderator reads more. */
export const MAX_BANS = 1000

/** Removes a participant; its identity is refused in this and later openings of the room, until the ban is lifted. */
export const moderationBan = strict({ type: v.literal('moderation.ban'), id: commandId, participantId })
/** The same for whoever wrote a message, and may have left. */
export const moderationBanAuthor = strict({ type: v.literal('moderation.banAuthor'), id: commandId, messageId })
/** Lifts a ban. */
export const moderationUnban = strict({ type: v.literal('moderation.unban'), id: commandId, banId })
/** Asks who is banned. A query: it writes nothing. */
export const moderationBans = strict({ type: v.literal('moderation.bans'), id: commandId })

/** A ban as moderators see it. */
export const listedBan = v.object({
  id: banId,
  /** The name of whoever is banned, as it was then. */
  name: v.string(),
  /** When the ban was made. */
  at: timestamp,
})
/** A ban as moderators see it. */
export type ListedBan = {
  /** Made by the server; `unban` takes it. */
  id: string
  /** The name of the banned participant, as it was then. */
  name: string
  /** When the ban was made: milliseconds since the epoch, by the server's clock. */
  at: number
}
/** The reply's `result` to `moderation.bans`: oldest first. */
export const banListResult = v.object({ bans: v.array(listedBan) })
/** What `moderation.bans` gives: oldest first. */
export type BanListResult = { bans: ListedBan[] }

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
  /**
   * `succession`: the last host was lost and this participant follows. `token`: a fresh token lowered it, or a host's token made
   * a host of it when it returned to a room without one.
   */
  reason: v.picklist(['moderation', 'stage', 'succession', 'token']),
})
/** Nobody new comes in from here on, but hosts. */
export const roomLocked = v.object({ type: v.literal('room.locked') })
/** The room takes new participants again. */
export const roomUnlocked = v.object({ type: v.literal('room.unlocked') })
/** Somebody was banned, or a ban was lifted; who it was, moderators ask by `moderation.bans`. */
export const roomBansChanged = v.object({ type: v.literal('room.bansChanged') })
