import type { RoomCommand } from '@peerstage/sdk/protocol'
import { participantOf, permissionsOf } from '@peerstage/sdk/protocol'
import type {
  Accepted,
  AnyCommand,
  DecideContext,
  Decision,
  InternalCommand,
  JoinCommand,
  JoinDecision,
} from './command'
import type { Asking, Handler } from './handler'
import { join, openRoom } from './join'
import type { SessionSecret } from './participants'
import { NOT_IN_ROOM, notPermitted, ROOM_ENDED, TARGET_NOT_IN_ROOM } from './rejections'
import { HANDLERS, INTERNAL_HANDLERS, type Internal, type Ledger, type ServerState } from './slices'
import type { Decided } from './state'
import { rejected } from './state'

/**
 * Decides a command: events, or a rejection; for a join a seat, or a goodbye. Pure: time, ids and rules come in with `context`.
 * A command that was accepted before is answered as it was then, without new events.
 */
export function decide(state: ServerState | undefined, command: JoinCommand, context: DecideContext): JoinDecision
export function decide(
  state: ServerState | undefined,
  command: RoomCommand | InternalCommand,
  context: DecideContext,
): Decision
export function decide(
  state: ServerState | undefined,
  command: AnyCommand,
  context: DecideContext,
): Decision | JoinDecision {
  if (command.type === 'session.join') return join(state, command, context)
  if (command.type === 'room.open') return openRoom(state, context)
  if (state === undefined) return rejected('forbidden', 'The room is not open.')
  const answeredSeq = answerOf(state, context)
  if (answeredSeq !== undefined) return { ok: true, events: [], answeredSeq }
  if (state.room.status === 'closed') return rejected('forbidden', ROOM_ENDED)
  if (isInternal(command)) return decideInternal(state, command, context)
  const actor = context.by === null ? undefined : participantOf(state.room, context.by)
  if (actor === undefined) return NOT_IN_ROOM
  return withCommandId(decideCommand({ state, command, actor, context }), context)
}

function answerOf({ ledger }: ServerState, { by, commandId }: DecideContext): number | undefined {
  const session = by === null ? undefined : ledger.sessions.get(by)
  // Ids rise within a session, so most are new.
  if (session === undefined || commandId === undefined || commandId > session.lastCommandId) return undefined
  return session.answered.find(([id]) => id === commandId)?.[1]
}

const isInternal = (command: RoomCommand | Internal): command is Internal =>
  Object.hasOwn(INTERNAL_HANDLERS, command.type)

function decideInternal(state: ServerState, command: Internal, context: DecideContext): Accepted {
  const handle = INTERNAL_HANDLERS[command.type] as InternalHandler
  return handle(state, command, context)
}
type InternalHandler = (state: ServerState, command: Internal, context: DecideContext) => Accepted

function decideCommand(asking: Omit<Asking<RoomCommand, Ledger>, 'target'>): Decision {
  const { state, command, actor } = asking
  // The compiler pairs no handler of a union with a command of that union.
  const { needs, reasonAgainst, decide } = HANDLERS[command.type] as Handler<RoomCommand, Ledger>
  const needed = typeof needs === 'function' ? needs(asking) : needs
  if (needed !== null && !permissionsOf(state.room, actor.id).has(needed)) return notPermitted(actor.role)
  const target = 'participantId' in command ? participantOf(state.room, command.participantId) : undefined
  if ('participantId' in command && target === undefined) return TARGET_NOT_IN_ROOM
  const whole = { ...asking, target } as Asking<RoomCommand, Ledger>
  const reason = reasonAgainst?.(whole)
  return reason === undefined ? decide(whole) : rejected('forbidden', reason)
}

/** The last record of what a command led to names it, so that the ledger knows it when it comes again. */
function withCommandId(decision: Decision, { by, commandId }: DecideContext): Decision {
  if (!decision.ok || by === null || commandId === undefined) return decision
  const last = decision.events.at(-1)
  if (last === undefined) return decision
  const answers: SessionSecret = { command: { participantId: by, id: commandId } }
  const named: Decided = { ...last, secret: { ...last.secret, ...answers } }
  return { ...decision, events: [...decision.events.slice(0, -1), named] }
}
