import { banListResult, type ListedBan, type Role, type Source } from '../protocol'
import type { Slice } from './slice'
import { asking, checkOptionsObject, resultOf, type VerbPorts } from './verb'

/**
 * What hosts and cohosts may do to others. While disconnected each call rejects at once with `unavailable`, because a moderator must
 * know whether it worked. Each throws the common errors (see {@link ErrorCode}), and `peer_not_found` if it concerns
 * a participant.
 *
 * @example
 * ```ts
 * await client.moderation.mute(participantId, 'microphone')
 * await client.moderation.kick(participantId, { minutes: 10 })
 * ```
 */
export type ModerationVerbs = {
  /** Mutes one source of a participant. Only its owner can unmute it. */
  mute(participantId: string, source: Source): Promise<void>
  /** Removes a participant; its identity is rejected until the room closes, or for `minutes` (1 to 10,080). */
  kick(participantId: string, options?: { minutes?: number }): Promise<void>
  /**
   * Bans a participant, or the author of a message, who may have left: the identity is removed, and rejected in this
   * and later instances of the room, until a moderator lifts the ban. Also throws `message_not_found`, and `bans_full` (1,000).
   */
  ban(who: string | { messageId: string }): Promise<void>
  /** Lifts a ban, by its id in `bans()`. Also throws `ban_not_found`. */
  unban(banId: string): Promise<void>
  /** The bans, oldest first: the id of the ban, the name at that time, and when (ms since the epoch). */
  bans(): Promise<readonly ListedBan[]>
  /** Promotes or demotes; holds for the identity until the room closes. Also throws `stage_full`. */
  setRole(participantId: string, role: Role): Promise<void>
  /** New identities are rejected; participants of the room may come back. */
  lock(): Promise<void>
  /** Lets new identities in again. */
  unlock(): Promise<void>
  /** Ends the room for all. Hosts only. */
  endRoom(): Promise<void>
}

type ModerationNamespace = {
  /** Moderation, for hosts and cohosts. */
  readonly moderation: ModerationVerbs
}

export type ModerationEvents = {
  /** The room was locked or unlocked. */
  roomLocked: { locked: boolean }
  /** A ban was made or lifted. Moderators get the list from `moderation.bans()`. `by`: the moderator's id. */
  bansChanged: { by: string | null }
}

type ModerationSlice = {
  verbs: ModerationNamespace
  events: ModerationEvents
  logged: 'room.locked' | 'room.unlocked' | 'room.bansChanged'
}

/** What hosts and cohosts may do to others. */
export const moderation: Slice<ModerationSlice> = {
  verbs: { moderation: moderationVerbs },
  onLogged: {
    'room.locked': () => [{ name: 'roomLocked', payload: { locked: true } }],
    'room.unlocked': () => [{ name: 'roomLocked', payload: { locked: false } }],
    'room.bansChanged': (_, { by }) => [{ name: 'bansChanged', payload: { by } }],
  },
}

function moderationVerbs(ports: VerbPorts): ModerationVerbs {
  const { ask, query } = asking(ports, 'reject')
  return {
    mute: (participantId, source) => ask({ type: 'moderation.mute', participantId, source }),
    kick: (participantId, options = {}) => {
      const minutes = options?.minutes
      const command = { type: 'moderation.kick', participantId, ...(minutes === undefined ? {} : { minutes }) } as const
      return ask(command, () => checkOptionsObject(options))
    },
    ban: (who) =>
      typeof who === 'string'
        ? ask({ type: 'moderation.ban', participantId: who })
        : // The sender rejects any other value as `invalid`, as it does for all commands.
          ask({ type: 'moderation.banAuthor', messageId: who?.messageId }),
    unban: (banId) => ask({ type: 'moderation.unban', banId }),
    bans: () => query({ type: 'moderation.bans' }, (result) => resultOf(banListResult, result).bans),
    setRole: (participantId, role) => ask({ type: 'moderation.setRole', participantId, role }),
    lock: () => ask({ type: 'moderation.lock' }),
    unlock: () => ask({ type: 'moderation.unlock' }),
    endRoom: () => ask({ type: 'moderation.endRoom' }),
  }
}
