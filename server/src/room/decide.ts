import type { Participant, RoomCommand } from '@peerstage/sdk/protocol'
import { mayActOn, mayGive, participantOf, permissionsOf } from '@peerstage/sdk/protocol'
import { chatHistory, deleteChat, sendChat } from './chat'
import type { Accepted, AnyCommand, DecideContext, Decision, InternalCommand } from './command'
import { join, openRoom } from './join'
import { mute, updateMedia } from './media'
import { ban, banAuthor, kick, listBans, setLock, setRole, unban } from './moderation'
import { neededFor, reasonAgainst } from './permissions'
import { endRoom, endSession, eraseIdentity, refreshSession } from './session'
import { approveStage, cancelStage, inviteToStage, leaveStage, rejectStage, requestStage } from './stage'
import type { Decided, Refused, ServerState } from './state'
import { refuse } from './state'
import { endHostGrace, renewHostGrace } from './succession'

/**
 * What becomes of a command: events, a refusal, or no place in the room. Pure: time, ids and rules come in with `context`.
 * A command that was accepted before is answered as it was then, without new events.
 */
export function decide(state: ServerState | undefined, command: AnyCommand, context: DecideContext): Decision {
  if (command.type === 'session.join') return join(state, command, context)
  if (command.type === 'room.open') return openRoom(state, context)
  if (state === undefined) return refuse('forbidden', 'The room is not open.')
  const answeredSeq = answerOf(state, context)
  if (answeredSeq !== undefined) return { events: [], answeredSeq }
  if (state.room.status === 'closed') return refuse('forbidden', 'The room has ended.')
  if (isInternal(command)) return decideInternal(state, command, context)
  const actor = context.by === null ? undefined : participantOf(state.room, context.by)
  if (actor === undefined) return refuse('forbidden', 'You are not in this room.')
  return stamped(decideCommand(state, command, actor, context), context)
}

function answerOf({ ledger }: ServerState, { by, commandId }: DecideContext): number | undefined {
  if (by === null || commandId === undefined) return undefined
  return ledger.sessions.get(by)?.answered.get(commandId)
}

type Internal = Exclude<InternalCommand, { type: 'session.join' | 'room.open' }>

const INTERNAL: ReadonlySet<string> = new Set<Internal['type']>([
  'session.end',
  'session.refreshed',
  'identity.erase',
  'hostGrace.renew',
  'hostGrace.end',
  'room.end',
])

function isInternal(command: RoomCommand | Internal): command is Internal {
  return INTERNAL.has(command.type)
}

function decideInternal(state: ServerState, command: Internal, context: DecideContext): Accepted {
  switch (command.type) {
    case 'session.end':
      return endSession(state, command, context)
    case 'session.refreshed':
      return refreshSession(state, command, context)
    case 'identity.erase':
      return eraseIdentity(state, command, context)
    case 'hostGrace.renew':
      return { events: renewHostGrace(state, context) }
    case 'hostGrace.end':
      return { events: endHostGrace(state) }
    case 'room.end':
      return endRoom(state, command, context.by)
  }
}

function decideCommand(
  state: ServerState,
  command: RoomCommand,
  actor: Participant,
  context: DecideContext,
): Accepted | Refused {
  const { message } = context
  const messages = message === undefined ? state.room.messages : [message.message, ...state.room.messages]
  const needed = neededFor(command, actor.id, messages)
  if (needed !== undefined && !permissionsOf(state.room, actor.id).has(needed))
    return refuse('forbidden', `A ${actor.role} may not do that.`)
  if ('participantId' in command) return decideOnOther(state, command, actor, context)
  switch (command.type) {
    case 'media.update':
      return updateMedia(state, command, actor)
    case 'chat.send':
      return sendChat(state, command, actor, context)
    case 'chat.delete':
      return deleteChat(state, command, actor, context)
    case 'chat.history':
      return chatHistory(context)
    case 'stage.request':
      return requestStage(state, actor)
    case 'stage.cancel':
      return cancelStage(state, actor)
    case 'stage.leave':
      return leaveStage(state, actor)
    case 'moderation.banAuthor':
      return banAuthor(state, command, actor, context)
    case 'moderation.unban':
      return unban(state, command, actor.id)
    case 'moderation.bans':
      return listBans(state)
    case 'moderation.lock':
      return setLock(state, true, actor.id)
    case 'moderation.unlock':
      return setLock(state, false, actor.id)
    case 'moderation.endRoom':
      return endRoom(state, { type: 'room.end', reason: 'ended' }, actor.id)
  }
}

type OnOther = Extract<RoomCommand, { participantId: string }>

function decideOnOther(
  state: ServerState,
  command: OnOther,
  actor: Participant,
  context: DecideContext,
): Accepted | Refused {
  const target = participantOf(state.room, command.participantId)
  if (target === undefined) return refuse('peer_not_found', 'This participant is not in the room.')
  const reason = tooHigh(command, actor, target)
  if (reason !== undefined) return refuse('forbidden', reason)
  switch (command.type) {
    case 'stage.approve':
      return approveStage(state, target, actor.id)
    case 'stage.reject':
      return rejectStage(state, target, actor.id)
    case 'stage.invite':
      return inviteToStage(state, target, actor.id)
    case 'moderation.mute':
      return mute(target, command, actor.id)
    case 'moderation.kick':
      return kick(state, target, command, context, actor.id)
    case 'moderation.ban':
      return ban(state, target, context, actor.id)
    case 'moderation.setRole':
      return setRole(state, target, command, actor.id)
  }
}

/** Why this one may not do that to that one. A host may step down: this is the only moderation of the own participant. */
function tooHigh(command: OnOther, actor: Participant, target: Participant): string | undefined {
  switch (command.type) {
    case 'moderation.mute':
    case 'moderation.kick':
    case 'moderation.ban':
      return reasonAgainst(actor, target)
    case 'moderation.setRole':
      if (!mayActOn(actor.role, target.role)) return `A ${actor.role} may not do that to a ${target.role}.`
      return mayGive(actor.role, command.role) ? undefined : `A ${actor.role} may not make a ${command.role}.`
    default:
      return undefined
  }
}

/** The last record of what a command led to names it, so that the ledger knows it when it comes again. */
function stamped(decision: Accepted | Refused, { by, commandId }: DecideContext): Accepted | Refused {
  if ('refused' in decision || by === null || commandId === undefined) return decision
  const last = decision.events.at(-1)
  if (last === undefined) return decision
  const named: Decided = { ...last, secret: { ...last.secret, command: { participantId: by, id: commandId } } }
  return { ...decision, events: [...decision.events.slice(0, -1), named] }
}
