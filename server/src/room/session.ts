import type { Participant } from '@peerstage/sdk/protocol'
import { participantOf } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext, InternalCommand } from './command'
import type { Erases, InternalHandlers } from './handler'
import { demotedByToken, participantOfIdentity } from './join'
import type { Decided, ServerState } from './state'
import { endHostGrace, renewHostGrace, succession } from './succession'

type Of<T extends InternalCommand['type']> = Extract<InternalCommand, { type: T }>

/** What becomes of what the server itself asks of an open room. */
export const sessionHandlers: InternalHandlers<
  'session.end' | 'session.refreshed' | 'hostGrace.renew' | 'hostGrace.end' | 'room.end'
> = {
  'session.end': endSession,
  'session.refreshed': refreshSession,
  'hostGrace.renew': (state, _, context) => ({ ok: true, events: renewHostGrace(state, context) }),
  'hostGrace.end': (state) => ({ ok: true, events: endHostGrace(state) }),
  'room.end': (state, command, { by }) => endRoom(state, command, by),
}

/** A participant is gone. A repeat changes nothing: a `leave` and a deadline may cross. */
function endSession(
  state: ServerState,
  { participantId, reason }: Of<'session.end'>,
  context: DecideContext,
): Accepted {
  const participant = participantOf(state.room, participantId)
  if (participant === undefined) return { ok: true, events: [] }
  const left: Decided = {
    event: { type: 'participant.left', participantId, reason },
    by: reason === 'left' ? participantId : null,
  }
  return { ok: true, events: leaving(state, participant, left, context) }
}

/** A leave with what follows from it: where the last host goes, a cohost follows in the same append, or the room waits for a host. */
export const leaving = (
  state: ServerState,
  participant: Participant,
  left: Decided,
  context: DecideContext,
): Decided[] => [left, ...succession(state, participant, context)]

function refreshSession(
  state: ServerState,
  { participantId, role: tokenRole }: Of<'session.refreshed'>,
  context: DecideContext,
): Accepted {
  const participant = participantOf(state.room, participantId)
  if (participant === undefined) return { ok: true, events: [] }
  return { ok: true, events: demotedByToken(state, participant, { tokenRole, after: succession }, context) }
}

/**
 * What an identity left here is deleted, and its participant leaves. Kicks and given roles hold on: they go with the instance.
 */
export const eraseIdentity =
  (erases: readonly Erases[]) =>
  (state: ServerState, { identity, messageIds }: Of<'identity.erase'>, context: DecideContext): Accepted => {
    const deleted = erases.flatMap((erase) => erase(state, messageIds))
    const participant = participantOfIdentity(state, identity)
    if (participant === undefined) return { ok: true, events: deleted }
    const left: Decided = {
      event: { type: 'participant.left', participantId: participant.id, reason: 'removed' },
      by: null,
    }
    return { ok: true, events: [...deleted, ...leaving(state, participant, left, context)] }
  }

/** The room ends. An empty room ends only if it is still empty: a participant may have joined before this was decided. */
export function endRoom(state: ServerState, { reason }: Of<'room.end'>, by: string | null): Accepted {
  if (reason === 'empty' && state.room.participants.length > 0) return { ok: true, events: [] }
  return { ok: true, events: [{ event: { type: 'room.ended', reason }, by }] }
}
