import type { GoodbyeCode, Participant, Role, Room } from '@peerstage/sdk/protocol'
import { isOnStage, outranks } from '@peerstage/sdk/protocol'
import type { DecideContext, Decision, JoinAccepted, JoinCommand, JoinDecision, JoinRejected } from './command'
import type { BaseLedger } from './ledger'
import type { ModerationLedger, ModerationSecret } from './moderation-ledger'
import {
  changeRole,
  hasHost,
  isStageFull,
  participantOfIdentity,
  type SessionSecret,
  stopPublishing,
} from './participants'
import { ROOM_CLOSING, ROOM_ENDED } from './rejections'
import type { Decided, RoomState } from './state'
import { rejected } from './state'
import { awaitHost, type Following, succession } from './succession'

/** What a join reads. */
type State = RoomState<BaseLedger & ModerationLedger>

/** A seat in the room: a new one, or the one that this identity holds already. */
export function join(state: State | undefined, command: JoinCommand, context: DecideContext): JoinDecision {
  if (state === undefined) return open(command, context)
  if (state.room.status === 'closed') return closed(state)
  const { identity } = command.claims
  if (state.ledger.bans.has(identity)) return BANNED
  if (isRemoved(state, identity, context.now)) return rejectJoin('removed', 'You were removed from this room.')
  const present = participantOfIdentity(state, identity)
  return present ? rejoin(state, present, command, context) : enter(state, command, context)
}

const rejectJoin = (goodbye: GoodbyeCode, reason: string): JoinRejected => ({ ok: false, error: { goodbye, reason } })

const BANNED = rejectJoin('removed', 'You are banned from this room.')

/** A room that closed because it was empty was not ended: the client tries again and opens a new one. */
function closed({ ledger }: State): JoinRejected {
  if (ledger.ended === 'empty') return rejectJoin('unavailable', ROOM_CLOSING)
  return rejectJoin('room_ended', ROOM_ENDED)
}

/** Whether an identity is kicked or banned, and may not join yet. */
export function isRemoved({ ledger }: State, identity: string, now: number): boolean {
  if (ledger.bans.has(identity)) return true
  const until = ledger.removals.get(identity)
  return until !== undefined && (until === null || now < until)
}

function open(command: JoinCommand, context: DecideContext): JoinDecision {
  const { rules, newId, bans = [] } = context
  if (bans.some(({ identity }) => identity === command.claims.identity)) return BANNED
  const opens = rules.createRooms === 'onJoin' || (rules.createRooms === 'host' && command.claims.role === 'host')
  if (!opens) return rejectJoin('room_not_found', 'There is no such room now.')
  const opened = opening(context)
  const role = rules.firstIsHost ? 'host' : command.claims.role
  const { events, participantId } = seat(command, role, newId())
  return { ok: true, events: [opened, ...events], participantId }
}

/** The bans of earlier instances go into the log of the new one, so that it needs no other. */
function opening({ rules, newId, bans = [] }: DecideContext): Decided<ModerationSecret> {
  const { roomId, mode } = rules
  const opened: Decided<ModerationSecret> = {
    event: { type: 'room.opened', roomId, instance: newId(), mode },
    by: null,
  }
  return bans.length === 0 ? opened : { ...opened, secret: { bans } }
}

/** The API opens a room before any participant joins. Like every room it closes after a minute without participants. */
export function openRoom(state: State | undefined, context: DecideContext): Decision {
  if (state === undefined) return { ok: true, events: [opening(context)] }
  return state.room.status === 'open' ? { ok: true, events: [] } : rejected('unavailable', ROOM_CLOSING)
}

function enter(state: State, command: JoinCommand, context: DecideContext): JoinDecision {
  const { room, ledger } = state
  const { claims } = command
  const override = ledger.overrides.get(claims.identity)
  const granted = override ?? claims.role
  if (room.locked && granted !== 'host') return rejectJoin('room_locked', 'The room is locked.')
  const hostless = !hasHost(room)
  // A demotion survives a rejoin, in dev mode too.
  const role = override === undefined && context.rules.firstIsHost && hostless ? 'host' : granted
  const free = context.rules.limits.maxParticipants - room.participants.length
  if (free <= 0) return rejectJoin('room_full', 'The room is full.')
  if (free === 1 && hostless && role !== 'host') {
    return rejectJoin('room_full', 'The room is full: its last seat is kept for a host.')
  }
  const seated = onStageIfFree(room, role)
  return seat(command, seated, context.newId(), offersTo(room, seated, context))
}

/**
 * The participant that gets the newcomer's offer: the one of highest role that it has an edge with, and of these the first. One that
 * is disconnected would miss it.
 */
function offersTo({ participants }: Room, role: Role, { isDisconnected }: DecideContext): string | undefined {
  const peers = participants.filter((each) => (isOnStage(role) || isOnStage(each.role)) && !isDisconnected?.(each.id))
  const [first, ...others] = peers
  return first && others.reduce((best, each) => (outranks(each.role, best.role) ? each : best), first).id
}

/** A guest who finds the stage full sits in the audience; hosts and cohosts always get on it. */
const onStageIfFree = (room: Room, role: Role): Role => (role === 'guest' && isStageFull(room) ? 'viewer' : role)

function seat(command: JoinCommand, role: Role, id: string, offersTo?: string): JoinAccepted {
  const { name, metadata } = command.claims
  const participant = metadata === undefined ? { id, name, role } : { id, name, role, metadata }
  const joined: Decided<SessionSecret> = {
    event: { type: 'participant.joined', participant, ...(offersTo === undefined ? {} : { offersTo }) },
    by: id,
    secret: { session: sessionOf(command) },
  }
  return { ok: true, events: [joined], participantId: id }
}

const sessionOf = ({ claims, sessionHash, joinId }: JoinCommand): NonNullable<SessionSecret['session']> => ({
  identity: claims.identity,
  hash: sessionHash,
  joinId,
  tokenRole: claims.role,
})

/** The same identity again: a new socket changes nothing; a new page, or a new session where rules allow it, returns. */
function rejoin(state: State, present: Participant, command: JoinCommand, context: DecideContext): JoinDecision {
  const { rules, isDisconnected } = context
  const session = state.ledger.sessions.get(present.id)
  const sameSession = session?.hash === command.sessionHash
  // This session had the seat, and another one took it while its connection was down, so it does not know. If it came back by itself,
  // it would replace the newer one, and commands that it sends again would be done twice: command ids count within a session.
  if (!sameSession && wasReplaced(state, present, command))
    return rejectJoin('superseded', 'Another session has taken this seat meanwhile.')
  if (!sameSession && rules.duplicateSessions === 'reject' && !isDisconnected?.(present.id))
    return rejectJoin('superseded', 'You are in this room already, in another session.')
  const tokenRole = command.claims.role
  if (sameSession && session.joinId === command.joinId)
    return {
      ok: true,
      events: demotedByToken(state, present, { tokenRole, after: succession }, context),
      participantId: present.id,
    }
  const returned: Decided<SessionSecret> = {
    event: { type: 'participant.returned', participantId: present.id },
    by: present.id,
    secret: { session: sessionOf(command) },
  }
  // The media of the old page stops before its links are made again, so that no link of the new page claims to carry it.
  // A demotion to viewer has stopped it already.
  const change = [
    ...demotedByToken(state, present, { tokenRole, after: awaitHost }, context),
    ...takenBack(state, present, tokenRole),
  ]
  const stops = change.some(({ event }) => event.type === 'media.changed') ? [] : stopPublishing(present, present.id)
  return { ok: true, events: [...stops, ...change, returned], participantId: present.id }
}

/** Whether another session has taken the seat since the last event that a resuming session has. */
const wasReplaced = ({ room }: State, { joinSeq }: Participant, { resumes }: JoinCommand): boolean =>
  resumes?.instance === room.instance && joinSeq > resumes.seq

/** In a room without a host, a host's token makes its participant host, as leaving and joining would. A role that a moderator set stays. */
function takenBack(state: State, participant: Participant, tokenRole: Role): Decided[] {
  const identity = state.ledger.sessions.get(participant.id)?.identity
  if (tokenRole !== 'host' || hasHost(state.room) || identity === undefined) return []
  if (state.ledger.overrides.has(identity)) return []
  return changeRole(state, participant, { role: 'host', reason: 'token', by: null })
}

/**
 * What a newer token takes away. It never gives; and a role that a moderator set holds whatever the token says. `after`: what
 * follows where it takes the last host.
 */
export function demotedByToken(
  state: RoomState,
  participant: Participant,
  { tokenRole, after }: { readonly tokenRole: Role; readonly after: Following },
  context: DecideContext,
): Decided[] {
  const session = state.ledger.sessions.get(participant.id)
  if (session === undefined || !outranks(session.tokenRole, tokenRole)) return []
  const role = state.ledger.overrides.get(session.identity) ?? tokenRole
  if (!outranks(participant.role, role)) return []
  const change = changeRole(state, participant, { role, reason: 'token', by: null })
  return [...change, ...after(state, participant, context)]
}
