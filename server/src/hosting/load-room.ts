import type { Clock } from '../ports/clock'
import type { EventLog } from '../ports/event-log'
import { LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { Ban } from '../room/moderation-ledger'
import type { ServerState } from '../room/slices'
import { createRoomTime, type RoomTime } from './room-time'
import { type Seat, Seats } from './seats'

/** A room as a log remembers it. */
export type LoadedRoom = {
  /** Whether it ended a moment ago, and its id is rejected for now. */
  readonly isEnded: boolean
  /** Absent where no instance is open. */
  readonly state: ServerState | undefined
  readonly seats: Seats
  readonly bans: readonly Ban[]
  readonly time: RoomTime
}

export type LoadResult =
  | { readonly ok: true; readonly room: LoadedRoom }
  | { readonly ok: false; readonly error: 'unavailable' }

/** Loads a room from the log. Never rejects. */
export async function loadRoom(
  roomId: string,
  { log, clock, logger }: { readonly log: EventLog; readonly clock: Clock; readonly logger: Logger },
): Promise<LoadResult> {
  try {
    const { state, bans, endedAt } = await log.load(roomId)
    if (state === undefined) {
      const time = createRoomTime(0, clock)
      return { ok: true, room: { isEnded: endedAt !== undefined, state, seats: new Seats(), bans, time } }
    }
    const lastAt = await lastEventAt(state, log)
    logger.info({ room: roomId, seq: state.room.seq, participants: state.room.participants.length }, 'a room goes on')
    const seats = unconfirmedSeats(state, clock.elapsed())
    return { ok: true, room: { isEnded: false, state, seats, bans, time: createRoomTime(lastAt, clock) } }
  } catch (error) {
    if (!(error instanceof LogUnavailable)) logger.error({ err: error, room: roomId }, 'a room could not be loaded')
    return { ok: false, error: 'unavailable' }
  }
}

/** `since`: elapsed time. All connections ended with the process before, so any socket that comes now is newer. */
function unconfirmedSeats({ room }: ServerState, since: number): Seats {
  const seats = room.participants.map(({ id }): [string, Seat] => {
    return [id, { participantId: id, attempt: 0, status: { type: 'unconfirmed', since } }]
  })
  return new Seats(seats)
}

/** The time of the last event, if the log still has it. One beyond the replay window is older than the log's clock, and so than ours. */
async function lastEventAt({ room }: ServerState, log: EventLog): Promise<number> {
  const last = await log.since(room.id, room.instance, room.seq - 1)
  return last?.at(-1)?.at ?? room.openedAt
}
