import { type Limits, participantOf, type Room } from '@peerstage/sdk/protocol'
import type { InternalCommand } from './command'
import type { ServerState } from './state'

/** What is due now, and when to look again (ms since the epoch); without `nextAt` nothing is to come. */
export type Deadlines = { readonly due: readonly InternalCommand[]; readonly nextAt?: number }

/**
 * What time alone does to a room. `absences`: whose connection is down, by participant id, and when each of them counts as
 * gone (ms since the epoch). `ahead`: by how many ms the room's own time, which tells since when it is empty, is ahead of `now`.
 * Pure: the host keeps the one timer, and asks anew after every change.
 */
export function deadlines(
  state: ServerState,
  absences: ReadonlyMap<string, number>,
  { emptyRoomMs }: Limits,
  now: number,
  ahead = 0,
): Deadlines {
  const { room, ledger } = state
  if (room.status === 'closed') return { due: [] }
  const timed: [at: number, command: InternalCommand][] = []
  for (const [participantId, goneAt] of absences) {
    if (participantOf(room, participantId)) timed.push([goneAt, { type: 'session.end', participantId, reason: 'lost' }])
  }
  if (ledger.emptySince !== null)
    timed.push([ledger.emptySince - ahead + emptyRoomMs, { type: 'room.end', reason: 'empty' }])
  timed.sort(([a], [b]) => a - b)
  const due = timed.filter(([at]) => at <= now).map(([, command]) => command)
  const next = timed[due.length]
  // Hosts go last: who is lost with them does not follow them first.
  const isHosts = (each: InternalCommand) => each.type === 'session.end' && isHost(room, each.participantId)
  due.sort((a, b) => Number(isHosts(a)) - Number(isHosts(b)))
  return next === undefined ? { due } : { due, nextAt: next[0] }
}

const isHost = (room: Room, participantId: string): boolean => participantOf(room, participantId)?.role === 'host'
