import type { GoodbyeCode, ServerMessage } from '../../src/protocol'
import type { Doorbook, Visit } from './gate'
import { ROOMS } from './seating'
import type { Witness } from './witness'

/** How long a place is kept, in ms (DESIGN §4). Written down once more, for the code under test could be wrong. */
const GRACE_MS = { closed: 10_000, lost: 60_000 }
const GOING_AWAY = 1001

/** `since`: by the world's own time, in ms, whatever a clock on the wall shows. */
type Absence = { readonly since: number; readonly departure: 'closed' | 'lost' }

/**
 * The connections as the server's sockets show them: who is connected, since when a participant is away, and whether that
 * agrees with who the log says is there.
 */
export class Book implements Doorbook {
  readonly #witness: Witness
  readonly #ms: () => number
  /** All that were given a place and are not closed: one of each identity, once the world is at rest. */
  readonly #seated = new Set<Visit>()
  /** Who has each identity's place, as the room has said last. */
  readonly #holders = new Map<string, Visit>()
  readonly #absences = new Map<string, Absence>()
  /** Which connections of an identity have asked to leave. A late one does not hide another. */
  readonly #leaving = new Map<string, Set<Visit>>()
  /** In which order the connections asked for a place. */
  readonly #arrivals = new Map<Visit, number>()
  readonly #closed = new WeakMap<Visit, Absence>()
  readonly #answered = new Set<string>()
  /** By whom and into which room: the session keys that have knocked, each with its highest attempt. */
  readonly #keys = new Map<string, Map<string, number>>()

  /** `ms`: the world's own time. */
  constructor(witness: Witness, ms: () => number) {
    this.#witness = witness
    this.#ms = ms
    witness.arrived = (roomId, identity) => this.#absences.delete(keyOf(roomId, identity))
    witness.takenUp = (roomId) => this.#takenUp(roomId)
    witness.departed = (roomId, identity, reason) => this.#departed(keyOf(roomId, identity), reason)
  }

  knocked(visit: Visit): void {
    const who = whoOf(visit)
    this.#arrivals.set(visit, this.#arrivals.size)
    const { session, attempt } = visit.pipe.hello
    const keys = this.#keys.get(who) ?? new Map<string, number>()
    const highest = keys.get(session) ?? 0
    if (attempt < highest) this.#witness.seen.add('a late attempt')
    if (visit.pipe.hello.intent === 'hold') this.#witness.seen.add('asked by what was held')
    this.#keys.set(who, keys.set(session, Math.max(highest, attempt)))
  }

  seated(visit: Visit): void {
    // The leave of a connection before this one counts no more. This one's own does: it may confirm its welcome and leave at once.
    const leaving = this.#leaving.get(whoOf(visit)) ?? new Set()
    for (const other of leaving) if (this.#isBefore(other, visit)) leaving.delete(other)
    this.#absences.delete(whoOf(visit))
    this.#seated.add(visit)
    this.#holders.set(whoOf(visit), visit)
    // The socket may be gone by now; its room has heard of that, or hears of it next.
    const absence = this.#closed.get(visit)
    if (absence !== undefined) this.#gone(visit, absence)
  }

  leaving(visit: Visit): void {
    const leaving = this.#leaving.get(whoOf(visit)) ?? new Set()
    this.#leaving.set(whoOf(visit), leaving.add(visit))
  }

  #isBefore(one: Visit, other: Visit): boolean {
    return (this.#arrivals.get(one) ?? 0) < (this.#arrivals.get(other) ?? 0)
  }

  #asksToLeave(who: string): boolean {
    return (this.#leaving.get(who)?.size ?? 0) > 0
  }

  replied(visit: Visit, reply: Extract<ServerMessage, { type: 'reply' }>): void {
    const story = this.#witness.open(visit.roomId)
    if (!reply.ok || story === undefined) return
    if (reply.seq > story.state.room.seq) this.#witness.fault(`${whoOf(visit)}: ok before it was kept`)
    const known = visit.self === undefined ? undefined : story.answers.get(visit.self)?.get(reply.re)
    if (known === undefined) return
    const answer = `${visit.self} ${visit.pipe.hello.session} ${reply.re}`
    if (this.#answered.has(answer)) this.#witness.seen.add('answered again')
    this.#answered.add(answer)
    if (known !== reply.seq)
      this.#witness.fault(`${whoOf(visit)}: command ${reply.re} was answered ${reply.seq}, not ${known}`)
  }

  closed(visit: Visit, code: GoodbyeCode | number): void {
    const absence = this.#absence(code === GOING_AWAY ? 'closed' : 'lost')
    this.#closed.set(visit, absence)
    this.#gone(visit, absence)
  }

  #gone(visit: Visit, absence: Absence): void {
    this.#seated.delete(visit)
    const who = whoOf(visit)
    if (this.#holders.get(who) !== visit) return
    this.#holders.delete(who)
    this.#absences.set(who, absence)
  }

  /** Another process has begun to listen: all participants of rooms are away from now on. */
  restarted(): void {
    this.#seated.clear()
    this.#holders.clear()
    this.#absences.clear()
    for (const roomId of ROOMS) this.#takenUp(roomId)
  }

  /** A room was loaded. No participant has come back to it so far. */
  #takenUp(roomId: string): void {
    for (const { identity } of this.#witness.open(roomId)?.state.ledger.sessions.values() ?? [])
      this.#absences.set(keyOf(roomId, identity), this.#absence('lost'))
  }

  /** Whether another session than this one has knocked for an identity. */
  hasRival(roomId: string, identity: string, key: string): boolean {
    return [...(this.#keys.get(keyOf(roomId, identity))?.keys() ?? [])].some((each) => each !== key)
  }

  /** One identity, one connection. */
  checkSeats(): void {
    const seen = new Set<string>()
    for (const visit of this.#seated) {
      if (!visit.isOpen) continue
      if (seen.has(whoOf(visit))) this.#witness.fault(`${whoOf(visit)} has two connections`)
      seen.add(whoOf(visit))
    }
  }

  /** A participant that was away for so long is gone. `calm`: since when nothing hinders the server. */
  checkAbsences(roomId: string, calm: number): void {
    for (const { identity } of this.#witness.open(roomId)?.state.ledger.sessions.values() ?? []) {
      const absence = this.#absences.get(keyOf(roomId, identity))
      if (absence === undefined) continue
      const away = this.#ms() - Math.max(absence.since, calm)
      if (away > GRACE_MS[absence.departure])
        this.#witness.fault(`${keyOf(roomId, identity)} is away for ${away} ms and still there`)
    }
  }

  #absence(departure: Absence['departure']): Absence {
    return { since: this.#ms(), departure }
  }

  #departed(who: string, reason: 'left' | 'lost' | 'removed'): void {
    if (reason === 'removed' || (reason === 'left' && this.#asksToLeave(who))) return
    const absence = this.#absences.get(who)
    const departure = reason === 'left' ? 'closed' : 'lost'
    if (absence === undefined) this.#witness.fault(`${who} was there, and is said to have ${reason}`)
    else if (absence.departure !== departure) this.#witness.fault(`${who} ${absence.departure}, and is ${reason}`)
    else if (this.#ms() - absence.since < GRACE_MS[departure])
      this.#witness.fault(`${who} was away for ${this.#ms() - absence.since} ms only`)
  }
}

const keyOf = (roomId: string, identity: string): string => `${identity} in ${roomId}`
const whoOf = ({ roomId, identity }: Visit): string => keyOf(roomId, identity)
