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
/** The most bans of one room id at a time: the list of them is sent in one reply. */
export const MAX_BANS = 1000

/** Removes a participant; its identity is rejected in this and later instances of the room, until the ban is lifted. */
export const moderationBan = strict({ type: v.literal('moderation.ban'), id: commandId, participantId })
/** Bans the author of a message, also one that has left. */
export const moderationBanAuthor = strict({ type: v.literal('moderation.banAuthor'), id: commandId, messageId })
/** Lifts a ban. */
export const moderationUnban = strict({ type: v.literal('moderation.unban'), id: commandId, banId })
/** Asks for the list of bans. A query: it changes nothing. */
export const moderationBans = strict({ type: v.literal('moderation.bans'), id: commandId })

/** A ban, as moderators see it. */
export const listedBan = v.object({
  id: banId,
  /** The name of the banned participant at that time. */
  name: v.string(),
  /** When the ban was made. */
  at: timestamp,
})
/** A ban, as moderators see it. */
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

/** Changes a role. It stays with the identity until the room closes. */
export const moderationSetRole = strict({
  type: v.literal('moderation.setRole'),
  id: commandId,
  participantId,
  role,
})
/** Locks the room: new identities are rejected, participants of the room may come back. */
export const moderationLock = strict({ type: v.literal('moderation.lock'), id: commandId })
/** Unlocks the room: new identities may join again. */
export const moderationUnlock = strict({ type: v.literal('moderation.unlock'), id: commandId })
/** Ends the room for all; its id is rejected for a minute. */
export const moderationEndRoom = strict({ type: v.literal('moderation.endRoom'), id: commandId })

/** A participant has another role now. */
export const roleChanged = v.object({
  type: v.literal('participant.roleChanged'),
  participantId,
  role,
  /**
   * `succession`: the last host was lost, and this participant took its place. `token`: a new token lowered it, or a host's token made
   * it host when it returned to a room without one.
   */
  reason: v.picklist(['moderation', 'stage', 'succession', 'token']),
})
/** The room is locked: new identities are rejected, except hosts. */
export const roomLocked = v.object({ type: v.literal('room.locked') })
/** The room accepts new participants again. */
export const roomUnlocked = v.object({ type: v.literal('room.unlocked') })
/** A ban was made or lifted. Moderators get the list from `moderation.bans`. */
export const roomBansChanged = v.object({ type: v.literal('room.bansChanged') })

/** The commands of this feature; `moderation.mute` belongs to the media. */
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

/** The part of a room that tells whether it is locked: then new identities are rejected. */
export const moderationPart = { locked: v.boolean() }
type ModerationPart = { locked: boolean }

const moderationEvents = [roleChanged, roomLocked, roomUnlocked, roomBansChanged] as const

/** Roles and the lock of a room. Bans are not public. */
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
