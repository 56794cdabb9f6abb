import { type Limits, participantOf, type Room } from '@peerstage/sdk/protocol'
import type { InternalCommand } from './command'
import type { RoomState } from './state'

/** What is due now, and when to look again; without `nextAt` nothing is to come. */
export type Deadlines = { readonly due: readonly InternalCommand[]; readonly nextAt?: number }

/** How far the room's own time was ahead of a clock that cannot be set when each of its waits began, in ms. */
type Ahead = { readonly empty: number; readonly hostGrace: number }

/**
 * What is due in a room by time alone. `absences`: the participants without a connection, by id, and when each of them counts as
 * gone. These, `now`, `loadedAt` and what is answered are ms by a clock that cannot be set; `ahead` translates the times of the room,
 * which tell since when it is empty and until when it waits for a host. `loadedAt`: since when clients could connect; a wait for a host that began before that
 * begins again.
 * Pure: the host keeps one timer, and asks again after every change.
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
  due.sort((a, b) => turnOf(room, a) - turnOf(room, b))
  return next === undefined ? { due } : { due, nextAt: next[0] }
}

/** Participants that are lost go before the host, and before a wait for one ends: none of them follows it first. */
function turnOf(room: Room, command: InternalCommand): number {
  if (command.type !== 'session.end') return 2
  return participantOf(room, command.participantId)?.role === 'host' ? 1 : 0
}
