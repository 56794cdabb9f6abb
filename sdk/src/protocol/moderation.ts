import * as v from 'valibot'
import type { Folds } from './fold'
import { banId, commandId, messageId, participantId, timestamp } from './ids'
import { type ParticipantsPart, withParticipant, withParticipants } from './participants'
import { role } from './roles'
import { strict } from './strict'

/** Removes a participant; its identity is rejected until the room closes, or for the given minutes. */
export const moderationKick = strict({
  type: v.literal('moderation.kick'),
  id: commandId,
  participantId,
  /** How long the identity is rejected. Default: until the room closes. */
  minutes: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(7 * 24 * 60))),
})
/** Bans of one room id at a time. The list of them is one reply, and no moderator reads more. */
export const MAX_BANS = 1000

/** Removes a participant; its identity is rejected in this and later instances of the room, until the ban is lifted. */
export const moderationBan = strict({ type: v.literal('moderation.ban'), id: commandId, participantId })
/** The same for the author of a message, who may have left. */
export const moderationBanAuthor = strict({ type: v.literal('moderation.banAuthor'), id: commandId, messageId })
/** Lifts a ban. */
export const moderationUnban = strict({ type: v.literal('moderation.unban'), id: commandId, banId })
/** Asks who is banned. A query: it writes nothing. */
export const moderationBans = strict({ type: v.literal('moderation.bans'), id: commandId })

/** A ban as moderators see it. */
export const listedBan = v.object({
  id: banId,
  /** The name of the banned participant at that time. */
  name: v.string(),
  /** When the ban was made. */
  at: timestamp,
})
/** A ban as moderators see it. */
export type ListedBan = {
  /** Made by the server; `unban` takes it. */
  id: string
  /** The name of the banned participant at that time. */
  name: string
  /** When the ban was made: milliseconds since the epoch, by the server's clock. */
  at: number
}
/** The reply's `result` to `moderation.bans`: oldest first. */
export const banListResult = v.object({ bans: v.array(listedBan) })
/** The result of `moderation.bans`: oldest first. */
export type BanListResult = { bans: ListedBan[] }

/** Promotes or demotes; holds for the identity until the room closes. */
export const moderationSetRole = strict({
  type: v.literal('moderation.setRole'),
  id: commandId,
  participantId,
  role,
})
/** New identities are rejected; participants of the room may come back. */
export const moderationLock = strict({ type: v.literal('moderation.lock'), id: commandId })
/** Lets new identities in again. */
export const moderationUnlock = strict({ type: v.literal('moderation.unlock'), id: commandId })
/** Ends the room for all; its id is rejected for a minute. */
export const moderationEndRoom = strict({ type: v.literal('moderation.endRoom'), id: commandId })

/** A participant has another role now. */
export const roleChanged = v.object({
  type: v.literal('participant.roleChanged'),
  participantId,
  role,
  /**
   * `succession`: the last host was lost and this participant follows. `token`: a new token lowered it, or a host's token made
   * it host when it returned to a room without one.
   */
  reason: v.picklist(['moderation', 'stage', 'succession', 'token']),
})
/** From here on new identities are rejected, except hosts. */
export const roomLocked = v.object({ type: v.literal('room.locked') })
/** The room accepts new participants again. */
export const roomUnlocked = v.object({ type: v.literal('room.unlocked') })
/** A ban was made or lifted. Moderators get the list from `moderation.bans`. */
export const roomBansChanged = v.object({ type: v.literal('room.bansChanged') })

/** What this feature asks of a room; `moderation.mute` belongs to the media. */
export const moderationCommands = [
  moderationKick,
  moderationBan,
  moderationBanAuthor,
  moderationUnban,
  moderationBans,
  moderationSetRole,
  moderationLock,
  moderationUnlock,
  moderationEndRoom,
] as const

/** Whether new identities are kept out. */
export const moderationPart = { locked: v.boolean() }
type ModerationPart = { locked: boolean }

const moderationEvents = [roleChanged, roomLocked, roomUnlocked, roomBansChanged] as const

/** Roles and the lock of a room. Who is banned is not public. */
export const moderationSlice = {
  part: moderationPart,
  start: { locked: false },
  events: moderationEvents,
  folds: {
    'participant.roleChanged': (room, { participantId, role }, { seq }) =>
      withParticipants(room, seq, withParticipant(room.participants, participantId, { role, roleSeq: seq })),
    'room.locked': () => ({ locked: true }),
    'room.unlocked': () => ({ locked: false }),
    'room.bansChanged': () => ({}),
  } satisfies Folds<ModerationPart & ParticipantsPart, v.InferOutput<(typeof moderationEvents)[number]>>,
} as const
