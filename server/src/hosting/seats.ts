import type { Departure } from './input'
import type { Connection } from './ports'

/** A participant's place, as far as connections go: who holds it now, or since when nobody does. */
export type Seat = {
  readonly participantId: string
  readonly sessionHash: string
  /** The highest attempt seen of this session. */
  readonly attempt: number
  readonly line: Line
}

type Line =
  | { readonly state: 'connected'; readonly connection: Connection }
  | { readonly state: 'away'; readonly since: number; readonly departure: Departure }

/** The seats of one room, in the order of joining. Not logged: after a restart everybody is away. */
export class Seats {
  readonly #seats: Map<string, Seat>

  constructor(seats: Iterable<readonly [string, Seat]> = []) {
    this.#seats = new Map(seats)
  }

  /** A copy that a turn may change; it becomes the room's own when the turn was kept. */
  fork(): Seats {
    return new Seats(this.#seats)
  }

  get(participantId: string): Seat | undefined {
    return this.#seats.get(participantId)
  }

  /** Rooms are small (20), so a walk is cheaper than a second index. */
  find(matches: (seat: Seat) => boolean): Seat | undefined {
    for (const seat of this.#seats.values()) if (matches(seat)) return seat
    return undefined
  }

  ofConnection(connection: Connection): Seat | undefined {
    return this.find(({ line }) => line.state === 'connected' && line.connection === connection)
  }

  put(seat: Seat): void {
    this.#seats.set(seat.participantId, seat)
  }

  remove(participantId: string): void {
    this.#seats.delete(participantId)
  }

  clear(): void {
    this.#seats.clear()
  }

  /** The open connections, but for the participants left out. */
  connections(except?: string): Connection[] {
    const open: Connection[] = []
    for (const { participantId, line } of this.#seats.values()) {
      if (line.state === 'connected' && participantId !== except) open.push(line.connection)
    }
    return open
  }

  /** Participants whose connection is down. */
  away(): string[] {
    return [...this.#seats.values()].filter(({ line }) => line.state === 'away').map((seat) => seat.participantId)
  }

  [Symbol.iterator](): IterableIterator<Seat> {
    return this.#seats.values()
  }
}

/** The open connection of a seat, if it has one. */
export const connectionOf = (seat: Seat | undefined): Connection | undefined =>
  seat?.line.state === 'connected' ? seat.line.connection : undefined

/**
 * How long a place is kept for who went away, in ms. A closed tab or a navigation is mostly meant; anything else may be a
 * tunnel or a change of network (simulated: of a 300 s outage's clients 60 s lose 0.13 %, 30 s lose 3.9 %).
 */
export const GRACE_MS: Readonly<Record<Departure, number>> = { closed: 10_000, lost: 60_000 }

/** Whose connection is down, and when each of them counts as gone (ms since the epoch). */
export function absencesOf(seats: Seats): Map<string, number> {
  const absences = new Map<string, number>()
  for (const { participantId, line } of seats) {
    if (line.state === 'away') absences.set(participantId, line.since + GRACE_MS[line.departure])
  }
  return absences
}
