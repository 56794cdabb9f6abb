import type { Limits } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { Departure } from './input'

/** A participant's seat: which connection holds it now, or since when none does. */
export type Seat = {
  readonly participantId: string
  /** The highest attempt seen of this session. */
  readonly attempt: number
  readonly status: SeatStatus
}

/** `since`: elapsed time, so that setting the clock changes no grace period. */
type SeatStatus =
  | { readonly type: 'connected'; readonly connection: Connection }
  /** Has not come back since the room was loaded. The others are told after a while only: most come back within moments. */
  | { readonly type: 'unconfirmed'; readonly since: number }
  | { readonly type: 'disconnected'; readonly since: number; readonly departure: Departure }

/** The seats of one room, in the order of joining. Not logged: after a restart every seat is unconfirmed. */
export class Seats {
  readonly #seats: Map<string, Seat>
  /** The open connections, until a seat changes. */
  #open: readonly Connection[] | undefined

  constructor(seats: Iterable<readonly [string, Seat]> = []) {
    this.#seats = new Map(seats)
  }

  /** A copy that a batch may change; it becomes the room's own when the batch was kept. */
  fork(): Seats {
    return new Seats(this.#seats)
  }

  get(participantId: string): Seat | undefined {
    return this.#seats.get(participantId)
  }

  /** Rooms are small (20 participants): looking at each seat is cheaper than a second index. */
  find(matches: (seat: Seat) => boolean): Seat | undefined {
    for (const seat of this.#seats.values()) if (matches(seat)) return seat
    return undefined
  }

  ofConnection(connection: Connection): Seat | undefined {
    return this.find(({ status }) => status.type === 'connected' && status.connection === connection)
  }

  put(seat: Seat): void {
    this.#open = undefined
    this.#seats.set(seat.participantId, seat)
  }

  remove(participantId: string): void {
    this.#open = undefined
    this.#seats.delete(participantId)
  }

  clear(): void {
    this.#open = undefined
    this.#seats.clear()
  }

  /** The open connections, but for the participants left out. */
  connections(except?: string): readonly Connection[] {
    if (except !== undefined) return this.#connectedBut(except)
    this.#open ??= this.#connectedBut()
    return this.#open
  }

  #connectedBut(except?: string): readonly Connection[] {
    const open: Connection[] = []
    for (const { participantId, status } of this.#seats.values()) {
      if (status.type === 'connected' && participantId !== except) open.push(status.connection)
    }
    return open
  }

  /** Participants whose connection is down, as the others have been told. */
  disconnected(): string[] {
    return [...this.#seats.values()]
      .filter(({ status }) => status.type === 'disconnected')
      .map((seat) => seat.participantId)
  }

  /** How many connections are down, whether told or not. */
  get downCount(): number {
    return [...this.#seats.values()].filter(({ status }) => status.type !== 'connected').length
  }

  [Symbol.iterator](): IterableIterator<Seat> {
    return this.#seats.values()
  }
}

/** The open connection of a seat, if it has one. */
export const connectionOf = (seat: Seat | undefined): Connection | undefined =>
  seat?.status.type === 'connected' ? seat.status.connection : undefined

/** How long after loading the room the others are not told that a participant has not come back, in ms: most come back within it. */
export const UNCONFIRMED_MS = 10_000

/** When the others are informed that a seat is disconnected (elapsed time); undefined if they are already, or it is connected. */
export const announceAt = ({ status }: Seat): number | undefined =>
  status.type === 'unconfirmed' ? status.since + UNCONFIRMED_MS : undefined

/** The participants whose connection is down, and when each of them counts as gone (elapsed time). */
export function absencesOf(seats: Seats, { graceMs, closedTabGraceMs }: Limits): Map<string, number> {
  const grace: Record<Departure, number> = { closed: closedTabGraceMs, lost: graceMs }
  const absences = new Map<string, number>()
  for (const { participantId, status } of seats) {
    if (status.type === 'connected') continue
    const departure = status.type === 'disconnected' ? status.departure : 'lost'
    absences.set(participantId, status.since + grace[departure])
  }
  return absences
}
