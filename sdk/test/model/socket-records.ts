import type { GoodbyeCode, ServerMessage } from '../../src/protocol'
import { ROOMS } from './seating'
import { hashOf, type ServerSocket, type SocketObserver } from './server-socket'
import { sessionOf } from './story'
import type { Witness } from './witness'

/** How long a seat is kept, in ms [R4.2]. Not imported: the constants of the server may be wrong. */
const GRACE_MS = { closed: 10_000, lost: 60_000 }
const GOING_AWAY = 1001

/** `since`: by the world's own time, in ms, not by the wall clock. */
type Absence = { readonly since: number; readonly departure: 'closed' | 'lost' }

/**
 * The connections as the server's sockets show them: who is connected, since when a participant is away, and whether that
 * agrees with who the log says is there.
 */
export class SocketRecords implements SocketObserver {
  readonly #witness: Witness
  readonly #ms: () => number
  /** All that were given a seat and are not closed: at most one of each identity, once the world is at rest. */
  readonly #seated = new Set<ServerSocket>()
  /** The socket that has each identity's seat, as the room has said last. */
  readonly #holders = new Map<string, ServerSocket>()
  readonly #absences = new Map<string, Absence>()
  /** Which connections of an identity have asked to leave. One may be slow, so several can be in it. */
  readonly #leaving = new Map<string, Set<ServerSocket>>()
  /** In which order the connections asked for a seat. */
  readonly #arrivals = new Map<ServerSocket, number>()
  #lastArrival = 0
  readonly #closed = new WeakMap<ServerSocket, Absence>()
  readonly #answered = new Set<string>()
  /** By identity and room: the session keys that have asked for a seat, each with its highest attempt. */
  readonly #keys = new Map<string, Map<string, number>>()

  /** `ms`: the world's own time. */
  constructor(witness: Witness, ms: () => number) {
    this.#witness = witness
    this.#ms = ms
    witness.arrived = (roomId, identity) => this.#absences.delete(keyOf(roomId, identity))
    witness.takenUp = (roomId) => this.#takenUp(roomId)
    witness.departed = (roomId, identity, reason) => this.#departed(keyOf(roomId, identity), reason)
  }

  asked(socket: ServerSocket): void {
    const who = whoOf(socket)
    this.#arrivals.set(socket, ++this.#lastArrival)
    const { session, attempt } = socket.pipe.hello
    const keys = this.#keys.get(who) ?? new Map<string, number>()
    const highest = keys.get(session) ?? 0
    if (attempt < highest) this.#witness.seen.add('a late attempt')
    if (socket.pipe.hello.intent === 'hold') this.#witness.seen.add('asked by what was held')
    this.#keys.set(who, keys.set(session, Math.max(highest, attempt)))
  }

  seated(socket: ServerSocket): void {
    // The leave of an earlier connection no longer counts. This one's own does: it may confirm its welcome and leave at once.
    const leaving = this.#leaving.get(whoOf(socket)) ?? new Set()
    for (const other of leaving) if (this.#isBefore(other, socket)) leaving.delete(other)
    this.#absences.delete(whoOf(socket))
    this.#seated.add(socket)
    this.#holders.set(whoOf(socket), socket)
    // The socket may be gone by now; its room knows that, or learns it next.
    const absence = this.#closed.get(socket)
    if (absence !== undefined) this.#gone(socket, absence)
  }

  leaving(socket: ServerSocket): void {
    const leaving = this.#leaving.get(whoOf(socket)) ?? new Set()
    this.#leaving.set(whoOf(socket), leaving.add(socket))
  }

  #isBefore(one: ServerSocket, other: ServerSocket): boolean {
    return (this.#arrivals.get(one) ?? 0) < (this.#arrivals.get(other) ?? 0)
  }

  #asksToLeave(who: string): boolean {
    return (this.#leaving.get(who)?.size ?? 0) > 0
  }

  replied(socket: ServerSocket, reply: Extract<ServerMessage, { type: 'reply' }>): void {
    const story = this.#witness.open(socket.roomId)
    if (!reply.ok || story === undefined) return
    if (reply.seq > story.state.room.seq) this.#witness.fault(`${whoOf(socket)}: ok before it was kept`)
    if (socket.self === undefined) return
    const session = sessionOf(socket.self, hashOf(socket.pipe.hello.session))
    const known = story.answers.get(session)?.get(reply.re)
    if (known === undefined) return
    const answer = `${socket.self} ${socket.pipe.hello.session} ${reply.re}`
    if (this.#answered.has(answer)) this.#witness.seen.add('answered again')
    this.#answered.add(answer)
    if (known !== reply.seq)
      this.#witness.fault(`${whoOf(socket)}: command ${reply.re} was answered ${reply.seq}, not ${known}`)
  }

  closed(socket: ServerSocket, code: GoodbyeCode | number): void {
    const absence = this.#absence(code === GOING_AWAY ? 'closed' : 'lost')
    this.#closed.set(socket, absence)
    this.#gone(socket, absence)
  }

  #gone(socket: ServerSocket, absence: Absence): void {
    this.#seated.delete(socket)
    const who = whoOf(socket)
    if (this.#holders.get(who) !== socket) return
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

  /** Whether another session than this one has asked for the identity's seat. */
  hasRival(roomId: string, identity: string, key: string): boolean {
    return [...(this.#keys.get(keyOf(roomId, identity))?.keys() ?? [])].some((each) => each !== key)
  }

  /** One identity, one connection. */
  checkSeats(): void {
    const seen = new Set<string>()
    for (const socket of this.#seated) {
      if (!socket.isOpen) continue
      if (seen.has(whoOf(socket))) this.#witness.fault(`${whoOf(socket)} has two connections`)
      seen.add(whoOf(socket))
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
const whoOf = ({ roomId, identity }: ServerSocket): string => keyOf(roomId, identity)
