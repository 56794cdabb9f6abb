import type { Cast, Limits, Participant, Room, SignalUp } from '@peerstage/sdk/protocol'
import { DEFAULT_LIMITS, fitsLayout, LAYOUT, participantOf, permissionsOf } from '@peerstage/sdk/protocol'
import type { RelayMessage, Routed } from './command'
import type { CastHandler } from './handler'
import { NOT_IN_ROOM, notPermitted } from './rejections'
import { CAST_HANDLERS } from './slices'
import type { Rejected, RoomState } from './state'
import { rejected } from './state'

/**
 * Who gets a signal or a cast of `by`, and what they get. Nothing of it is logged. The sender never gets its own cast
 * back: it has shown it already.
 */
export function route(
  { room }: RoomState,
  by: string,
  message: RelayMessage,
  limits: Limits = DEFAULT_LIMITS,
): Routed | Rejected {
  const sender = participantOf(room, by)
  if (sender === undefined) return NOT_IN_ROOM
  return message.type === 'signal'
    ? routeSignal(room, sender, message.signal)
    : routeCast(room, sender, message.cast, limits)
}

/** The same answer for an unknown target, the sender itself, or a pair without an edge, so that it reveals nothing. */
const notFound = (): Rejected => rejected('peer_not_found', 'There is no such participant to send this to.')

function routeSignal(room: Room, sender: Participant, signal: SignalUp): Routed | Rejected {
  if (!permissionsOf(room, sender.id).has('signal')) return notPermitted(sender.role)
  if (!hasEdge(room, sender.id, signal.to)) return notFound()
  const { to, epoch, order, body } = signal
  if (!fitsLayout(body))
    return rejected('bad_description', `A description has the sections of layout ${LAYOUT}, and no more.`)
  return { ok: true, to: [to], message: { type: 'signal', from: sender.id, epoch, order, body } }
}

const hasEdge = (room: Room, a: string, b: string): boolean =>
  room.edges.some(({ offerer, answerer }) => (offerer === a && answerer === b) || (offerer === b && answerer === a))

function routeCast(room: Room, sender: Participant, cast: Cast, limits: Limits): Routed | Rejected {
  // The compiler pairs no handler of a union with a cast of that union.
  const { needs, to, check, down } = CAST_HANDLERS[cast.type] as CastHandler<Cast>
  if (!permissionsOf(room, sender.id).has(needs)) return notPermitted(sender.role)
  const rejection = check?.(cast, limits)
  if (rejection !== undefined) return rejection
  const others = room.participants.map((each) => each.id).filter((id) => id !== sender.id)
  const named = to?.(cast)
  if (named?.some((id) => !others.includes(id))) return notFound()
  const message = { type: 'cast', from: sender.id, cast: down(cast) } as const
  return { ok: true, to: named === undefined ? others : [...new Set(named)], message }
}
