import type { Participant, Role } from '@peerstage/sdk/protocol'
import { outranks } from '@peerstage/sdk/protocol'
import type { DecideContext } from './command'
import { changeRole, hasHost } from './role-change'
import type { Decided, RoomState } from './state'

/** What becomes of a room when `lost` ceases to be host. Nothing, while another host is there. */
export type Following = (state: RoomState, lost: Participant, context: DecideContext) => Decided[]

/** The cohost of longest standing follows in the same append; where there is none the room waits for a host. */
export const succession: Following = (state, lost, context) => {
  if (!isLastHost(state, lost)) return []
  const cohost = longest(state, 'cohost')
  return cohost === undefined ? [graceFrom(context)] : succeed(state, cohost)
}

/**
 * The room waits for a host, a cohost or not: the identity of the lost one is still here. Most of the time a link with a lesser
 * token was opened by mistake, and the host is back in a moment.
 */
export const awaitHost: Following = (state, lost, context) => (isLastHost(state, lost) ? [graceFrom(context)] : [])

/** The wait begins anew: for as long as the server was down, no host could come. */
export const renewHostGrace = ({ room }: RoomState, context: DecideContext): Decided[] =>
  room.hostGraceUntil === null ? [] : [graceFrom(context)]

/** The wait was in vain: the cohost of longest standing follows, else the guest that is one by its own token; else no participant. */
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

/** A viewer that was let on stage a minute ago was trusted with a microphone, not with the room. */
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

/** A leave with what follows from it: where the last host goes, a cohost follows in the same append, or the room waits for a host. */
export const leaving = (
  state: RoomState,
  participant: Participant,
  left: Decided,
  context: DecideContext,
): Decided[] => [left, ...succession(state, participant, context)]
