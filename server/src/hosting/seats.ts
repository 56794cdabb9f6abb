import type { Limits } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { Departure } from './input'

/** A participant's seat: which connection holds it now, or since when none does. */
export type Seat = {
  readonly participantId: string
  readonly sessionHash: string
  /** The highest attempt seen of this session. */
  readonly attempt: number
  readonly line: Line
}

/** `since`: by what has elapsed, for a grace is as long whatever a clock shows. */
type Line =
  | { readonly state: 'connected'; readonly connection: Connection }
  /** Not back yet since the room was loaded; the others have not been told so far, because most are back within moments. */
  | { readonly state: 'awaited'; readonly since: number }
  | { readonly state: 'away'; readonly since: number; readonly departure: Departure }

/** The seats of one room, in the order of joining. Not logged: after a restart everybody is awaited. */
export class Seats {
  readonly #seats: Map<string, Seat>

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

  /** Participants whose connection is down, as the others have been told. */
  away(): string[] {
    return [...this.#seats.values()].filter(({ line }) => line.state === 'away').map((seat) => seat.participantId)
  }

  /** How many connections are down, whether told or not. */
  get downCount(): number {
    return [...this.#seats.values()].filter(({ line }) => line.state !== 'connected').length
  }

  [Symbol.iterator](): IterableIterator<Seat> {
    return this.#seats.values()
  }
}

/** The open connection of a seat, if it has one. */
export const connectionOf = (seat: Seat | undefined): Connection | undefined =>
  seat?.line.state === 'connected' ? seat.line.connection : undefined

/** How long the others are not told of who is not back yet after the room was loaded, in ms: else all would seem to flap. */
export const AWAITED_MS = 10_000

/** When the others are to be told of a seat, by what has elapsed; undefined where there is nothing to tell. */
export const toldAt = ({ line }: Seat): number | undefined =>
  line.state === 'awaited' ? line.since + AWAITED_MS : undefined

/** Whose connection is down, and when each of them counts as gone, by what has elapsed. */
export function absencesOf(seats: Seats, { graceMs, closedTabGraceMs }: Limits): Map<string, number> {
  const grace: Record<Departure, number> = { closed: closedTabGraceMs, lost: graceMs }
  const absences = new Map<string, number>()
  for (const { participantId, line } of seats) {
    if (line.state === 'connected') continue
    const departure = line.state === 'away' ? line.departure : 'lost'
    absences.set(participantId, line.since + grace[departure])
  }
  return absences
}
