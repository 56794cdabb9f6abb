import type { Participant, Role } from '@peerstage/sdk/protocol'
import { outranks } from '@peerstage/sdk/protocol'
import type { DecideContext } from './command'
import { changeRole, hasHost } from './participants'
import type { Decided, RoomState } from './state'

/** What follows when `lost` stops being host: nothing while there is another host. */
export type Following = (state: RoomState, lost: Participant, context: DecideContext) => Decided[]

/** The longest-standing cohost follows in the same append; without one the room waits for a host. */
export const succession: Following = (state, lost, context) => {
  if (!isLastHost(state, lost)) return []
  const cohost = longest(state, 'cohost')
  return cohost === undefined ? [graceFrom(context)] : succeed(state, cohost)
}

/**
 * The room waits for a host even if there is a cohost: the identity of the lost one is still in the room. It has usually opened a link
 * with a lower token by mistake, and is host again in a moment.
 */
export const awaitHost: Following = (state, lost, context) => (isLastHost(state, lost) ? [graceFrom(context)] : [])

/** The wait begins again: no host could join while the server was down. */
export const renewHostGrace = ({ room }: RoomState, context: DecideContext): Decided[] =>
  room.hostGraceUntil === null ? [] : [graceFrom(context)]

/** No host came in time: the longest-standing cohost follows, else the longest-standing participant whose token says guest, else none. */
export function endHostGrace(state: RoomState): Decided[] {
  if (state.room.hostGraceUntil === null) return []
  const successor = longest(state, 'cohost') ?? longest(state, 'guest', isGuestByToken(state))
  return successor === undefined ? [{ event: { type: 'room.hostGraceEnded' }, by: null }] : succeed(state, successor)
}

const isLastHost = ({ room }: RoomState, { id, role }: Participant): boolean => role === 'host' && !hasHost(room, id)

const succeed = (state: RoomState, successor: Participant): Decided[] =>
  changeRole(state, successor, { role: 'host', reason: 'succession', by: null })

const graceFrom = ({ now, rules }: DecideContext): Decided => ({
  event: { type: 'room.hostGraceStarted', until: now + rules.limits.hostGraceMs },
  by: null,
})

/** A viewer that a moderator brought on stage was given a microphone, not the room. */
const isGuestByToken =
  ({ ledger }: RoomState) =>
  ({ id }: Participant) => {
    const session = ledger.sessions.get(id)
    return session !== undefined && !outranks('guest', session.tokenRole)
  }

function longest(
  { room }: RoomState,
  role: Role,
  mayFollow: (each: Participant) => boolean = () => true,
): Participant | undefined {
  const standing = room.participants.filter((each) => each.role === role && mayFollow(each))
  return standing.sort((a, b) => a.roleSeq - b.roleSeq)[0]
}

/** A leave with what follows from it: after the last host a cohost becomes host in the same append, or the room waits for a host. */
export const leaving = (
  state: RoomState,
  participant: Participant,
  left: Decided,
  context: DecideContext,
): Decided[] => [left, ...succession(state, participant, context)]
