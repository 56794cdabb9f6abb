import type { Participant, RoomCommandOf } from '@peerstage/sdk/protocol'
import { isOnStage, MAX_BANS, mayGive } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext, Decision } from './command'
import type { AskingOf, Handlers } from './handler'
import type { BaseLedger } from './ledger'
import {
  type Ban,
  type ModerationLedger,
  type ModerationSecret,
  moderationLedger,
  projectBans,
} from './moderation-ledger'
import { changeRole, hasHost, isStageFull, participantOfIdentity } from './participants'
import { reasonAgainst, reasonAgainstRank, reasonAgainstTarget } from './rank'
import { messageGone, STAGE_FULL, TARGET_NOT_IN_ROOM } from './rejections'
import { endRoom } from './room-life'
import type { Slice } from './slice'
import type { Decided, RoomState } from './state'
import { rejected } from './state'
import { leaving } from './succession'

const MINUTE = 60_000

/** The commands of moderators; `moderation.mute` belongs to the media. */
type ModerationType =
  | 'moderation.kick'
  | 'moderation.ban'
  | 'moderation.banAuthor'
  | 'moderation.unban'
  | 'moderation.bans'
  | 'moderation.setRole'
  | 'moderation.lock'
  | 'moderation.unlock'
  | 'moderation.endRoom'

/** What moderation reads. */
type State = RoomState<BaseLedger & ModerationLedger>

const handlers: Handlers<ModerationType, State['ledger']> = {
  'moderation.kick': { needs: 'kick', reasonAgainst: reasonAgainstTarget, decide: kick },
  'moderation.ban': {
    needs: 'ban',
    reasonAgainst: reasonAgainstTarget,
    decide: ({ state, target, context, actor }) => ban(state, target, context, actor.id),
  },
  'moderation.banAuthor': {
    needs: 'ban',
    decide: ({ state, command, actor, context }) => banAuthor(state, command, actor, context),
  },
  'moderation.unban': { needs: 'ban', decide: ({ state, command, actor }) => unban(state, command, actor.id) },
  'moderation.bans': { needs: 'ban', decide: ({ state }) => listBans(state) },
  'moderation.setRole': { needs: 'setRole', reasonAgainst: reasonAgainstRole, decide: setRole },
  'moderation.lock': { needs: 'lock', decide: ({ state, actor }) => setLock(state, true, actor.id) },
  'moderation.unlock': { needs: 'lock', decide: ({ state, actor }) => setLock(state, false, actor.id) },
  'moderation.endRoom': {
    needs: 'endRoom',
    decide: ({ state, actor }) => endRoom(state, 'ended', actor.id),
  },
}

/** Moderation: its commands, and who was kicked or banned. Both outlive the erasure of an identity. */
export const moderationSlice = { handlers, ledger: moderationLedger, project: projectBans } satisfies Slice

/** A host may step down: this is the only moderation of the own participant. */
function reasonAgainstRole({ actor, target, command: { role } }: AskingOf<'moderation.setRole'>): string | undefined {
  return (
    reasonAgainstRank(actor.role, target.role) ??
    (mayGive(actor.role, role) ? undefined : `A ${actor.role} may not make a ${role}.`)
  )
}

function kick({
  state,
  target,
  command: { minutes },
  context,
  actor: { id: by },
}: AskingOf<'moderation.kick'>): Accepted {
  const identity = state.ledger.sessions.get(target.id)?.identity
  const until = minutes === undefined ? null : context.now + minutes * MINUTE
  const left = removed(target, by)
  const noted: Decided<ModerationSecret> =
    identity === undefined ? left : { ...left, secret: { removal: { identity, until } } }
  return { ok: true, events: leaving(state, target, noted, context) }
}

const removed = (target: Participant, by: string): Decided<ModerationSecret> => ({
  event: { type: 'participant.left', participantId: target.id, reason: 'removed' },
  by,
})

/** Bans a participant: its identity is rejected, in every instance, until a moderator lifts the ban. */
function ban(state: State, target: Participant, context: DecideContext, by: string): Decision {
  const identity = state.ledger.sessions.get(target.id)?.identity
  if (identity === undefined) return TARGET_NOT_IN_ROOM
  const noted = note(state, { identity, name: target.name }, context, by)
  if (!noted.ok) return noted
  return { ok: true, events: [...leaving(state, target, removed(target, by), context), ...noted.events] }
}

/** Bans the author of a message. If it has left, its rank is the role that a moderator gave it, else the role that it had when it wrote. */
function banAuthor(
  state: State,
  { messageId }: RoomCommandOf<'moderation.banAuthor'>,
  actor: Participant,
  context: DecideContext,
): Decision {
  const { message: kept, logFailure } = context
  if (kept?.message.id !== messageId || kept.identity === '') return messageGone(logFailure)
  const { identity, message } = kept
  const present = participantOfIdentity(state, identity)
  const role = present?.role ?? state.ledger.overrides.get(identity) ?? message.role
  const reason = reasonAgainst(actor, { id: present?.id, role })
  if (reason !== undefined) return rejected('forbidden', reason)
  if (present !== undefined) return ban(state, present, context, actor.id)
  if (state.ledger.bans.has(identity)) return { ok: true, events: [] }
  return note(state, { identity, name: message.name }, context, actor.id)
}

function note(
  { ledger }: State,
  whom: Pick<Ban, 'identity' | 'name'>,
  { newId, now }: DecideContext,
  by: string,
): Decision {
  if (ledger.bans.size >= MAX_BANS) return rejected('bans_full', `A room has at most ${MAX_BANS} bans: lift one first.`)
  return bansChanged({ banned: { ...whom, id: newId(), at: now } }, by)
}

function unban({ ledger }: State, { banId }: RoomCommandOf<'moderation.unban'>, by: string): Decision {
  const isKnown = [...ledger.bans.values()].some(({ id }) => id === banId)
  if (!isKnown) return rejected('ban_not_found', 'There is no such ban any more.')
  return bansChanged({ unbanned: banId }, by)
}

const bansChanged = (secret: ModerationSecret, by: string): Accepted => ({
  ok: true,
  events: [{ event: { type: 'room.bansChanged' }, by, secret }],
})

/** A query. It shows no identities. */
const listBans = ({ ledger }: State): Accepted => ({
  ok: true,
  events: [],
  result: { bans: [...ledger.bans.values()].map(({ id, name, at }) => ({ id, name, at })) },
})

/** Gives a role. The one it has already changes nothing; a room keeps its last host. */
function setRole({ state, target, command, actor: { id: by } }: AskingOf<'moderation.setRole'>): Decision {
  const { role } = command
  if (role === target.role) return { ok: true, events: [] }
  if (target.role === 'host' && !hasHost(state.room, target.id))
    return rejected('forbidden', 'The last host stays: make another participant host first.')
  if (!isOnStage(target.role) && isOnStage(role) && isStageFull(state.room)) return STAGE_FULL
  return { ok: true, events: changeRole(state, target, { role, reason: 'moderation', by }) }
}

/** Locks or unlocks the room. A repeat changes nothing. */
function setLock({ room }: State, locked: boolean, by: string): Accepted {
  if (room.locked === locked) return { ok: true, events: [] }
  return { ok: true, events: [{ event: { type: locked ? 'room.locked' : 'room.unlocked' }, by }] }
}
