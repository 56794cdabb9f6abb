// The life of a room: how participants leave, how the room ends, and its deadlines.
import { type Limits, participantOf, type Room } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext, InternalCommand } from './command'
import type { InternalHandlers } from './handler'
import { demotedByToken } from './join'
import { type BaseLedger, type LedgerParts, type LedgerRecord, plainPart } from './ledger'
import { participantOfIdentity } from './participants'
import type { Erases, Slice } from './slice'
import type { Decided, RoomState } from './state'
import { endHostGrace, leaving, renewHostGrace, succession } from './succession'

type Of<T extends InternalCommand['type']> = Extract<InternalCommand, { type: T }>

const internal: InternalHandlers<
  'session.end' | 'session.refreshed' | 'hostGrace.renew' | 'hostGrace.end' | 'room.end'
> = {
  'session.end': endSession,
  'session.refreshed': refreshSession,
  'hostGrace.renew': (state, _, context) => ({ ok: true, events: renewHostGrace(state, context) }),
  'hostGrace.end': (state) => ({ ok: true, events: endHostGrace(state) }),
  'room.end': (state, { reason }, { by }) => endRoom(state, reason, by),
}

/** The participant of an erased identity leaves. Kicks and given roles stay until the instance closes. */
const erase: Erases = (state, { identity }, context) => {
  const participant = participantOfIdentity(state, identity)
  if (participant === undefined) return []
  const { id: participantId } = participant
  const left: Decided = { event: { type: 'participant.left', participantId, reason: 'removed' }, by: null }
  return leaving(state, participant, left, context)
}

const ledger: LedgerParts<Pick<BaseLedger, 'emptySince' | 'ended'>> = {
  emptySince: plainPart<BaseLedger['emptySince']>(null, (before, { at }, present) =>
    present > 0 ? null : (before ?? at),
  ),
  ended: plainPart<BaseLedger['ended']>(null, (before, { event }) =>
    event.type === 'room.ended' ? event.reason : before,
  ),
}

/** How participants leave, how hosts follow, and whether the room goes on. */
export const roomLifeSlice = {
  internal,
  ledger,
  erase,
  project: ({ event }: LedgerRecord) =>
    event.type === 'room.ended' && event.reason === 'ended' ? { isEnd: true } : {},
} satisfies Slice

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

type Reason = Extract<InternalCommand, { type: 'room.end' }>['reason']

/** The room ends. An empty room ends only if it is still empty: a participant may have joined before this was decided. */
export function endRoom({ room }: RoomState, reason: Reason, by: string | null): Accepted {
  if (reason === 'empty' && room.participants.length > 0) return { ok: true, events: [] }
  return { ok: true, events: [{ event: { type: 'room.ended', reason }, by }] }
}

/** `due`: the commands whose deadline has passed. `nextAt`: when the next deadline is; absent if there is none. */
export type Deadlines = { readonly due: readonly InternalCommand[]; readonly nextAt?: number }

/** How far the room's own time was ahead of a clock that cannot be set when each of its waits began, in ms. */
type Ahead = { readonly empty: number; readonly hostGrace: number }

/**
 * The deadlines of a room. `absences`: the participants without a connection, by id, and when each of them is removed. These, `now`,
 * `loadedAt` and the result are elapsed times in ms; `ahead` converts the times in the state of the room (empty since, waiting for a
 * host until) to elapsed times. `loadedAt`: since when clients could connect; a wait for a host that began before it begins again.
 * Pure: the host has one timer, and calls this again after every change.
 */
export function deadlines(
  state: RoomState,
  absences: ReadonlyMap<string, number>,
  { emptyRoomMs, hostGraceMs }: Limits,
  now: number,
  ahead: Ahead = { empty: 0, hostGrace: 0 },
  loadedAt = 0,
): Deadlines {
  const { room, ledger } = state
  if (room.status === 'closed') return { due: [] }
  const timed: [at: number, command: InternalCommand][] = []
  for (const [participantId, goneAt] of absences) {
    if (participantOf(room, participantId)) timed.push([goneAt, { type: 'session.end', participantId, reason: 'lost' }])
  }
  if (ledger.emptySince !== null)
    timed.push([ledger.emptySince - ahead.empty + emptyRoomMs, { type: 'room.end', reason: 'empty' }])
  if (room.hostGraceUntil !== null) {
    const endsAt = room.hostGraceUntil - ahead.hostGrace
    timed.push(
      endsAt < loadedAt + hostGraceMs ? [now, { type: 'hostGrace.renew' }] : [endsAt, { type: 'hostGrace.end' }],
    )
  }
  timed.sort(([a], [b]) => a - b)
  const due = timed.filter(([at]) => at <= now).map(([, command]) => command)
  const next = timed[due.length]
  due.sort((a, b) => orderOf(room, a) - orderOf(room, b))
  return next === undefined ? { due } : { due, nextAt: next[0] }
}

/** Participants that are lost go before the host, and before a wait for one ends: none of them follows it first. */
function orderOf(room: Room, command: InternalCommand): number {
  if (command.type !== 'session.end') return 2
  return participantOf(room, command.participantId)?.role === 'host' ? 1 : 0
}
