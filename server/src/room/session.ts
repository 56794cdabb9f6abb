import { participantOf } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext, InternalCommand } from './command'
import type { InternalHandlers } from './handler'
import { demotedByToken } from './join'
import type { LedgerRecord } from './ledger'
import { participantOfIdentity } from './participants'
import type { Erases, Slice } from './slice'
import type { Decided, RoomState } from './state'
import { endHostGrace, leaving, renewHostGrace, succession } from './succession'

type Of<T extends InternalCommand['type']> = Extract<InternalCommand, { type: T }>

const internal: InternalHandlers<'session.end' | 'session.refreshed' | 'hostGrace.renew' | 'hostGrace.end'> = {
  'session.end': endSession,
  'session.refreshed': refreshSession,
  'hostGrace.renew': (state, _, context) => ({ ok: true, events: renewHostGrace(state, context) }),
  'hostGrace.end': (state) => ({ ok: true, events: endHostGrace(state) }),
}

/** The participant of an erased identity leaves. Kicks and given roles stay until the instance closes. */
const erase: Erases = (state, { identity }, context) => {
  const participant = participantOfIdentity(state, identity)
  if (participant === undefined) return []
  const { id: participantId } = participant
  const left: Decided = { event: { type: 'participant.left', participantId, reason: 'removed' }, by: null }
  return leaving(state, participant, left, context)
}

/** How participants leave, and how hosts follow. */
export const sessionSlice = { internal, erase } satisfies Slice

/** A participant is gone. A repeat changes nothing: a `leave` and a deadline may cross. */
function endSession(state: RoomState, { participantId, reason }: Of<'session.end'>, context: DecideContext): Accepted {
  const participant = participantOf(state.room, participantId)
  if (participant === undefined) return { ok: true, events: [] }
  const left: Decided = {
    event: { type: 'participant.left', participantId, reason },
    by: reason === 'left' ? participantId : null,
  }
  return { ok: true, events: leaving(state, participant, left, context) }
}

function refreshSession(
  state: RoomState,
  { participantId, role: tokenRole }: Of<'session.refreshed'>,
  context: DecideContext,
): Accepted {
  const participant = participantOf(state.room, participantId)
  if (participant === undefined) return { ok: true, events: [] }
  return { ok: true, events: demotedByToken(state, participant, { tokenRole, after: succession }, context) }
}

/** Whether participants only leave by these records, or the room ends: they let a full log free space. */
export function onlyLeaves(records: readonly LedgerRecord[]): boolean {
  const types = records.map(({ event }) => event.type)
  return types.some((type) => ENDING.has(type)) && types.every((type) => ENDING.has(type) || FOLLOWS_AN_END.has(type))
}

const ENDING: ReadonlySet<string> = new Set(['participant.left', 'room.ended'])
/** The succession of a host, or the wait for one. */
const FOLLOWS_AN_END: ReadonlySet<string> = new Set([
  'participant.roleChanged',
  'room.hostGraceStarted',
  'room.hostGraceEnded',
])
