import type { IceServer, Role } from '@peerstage/sdk/protocol'
import { ROLES, reject } from '@peerstage/sdk/protocol'
import type { RoomRules } from '../room/command'
import { isRemoved, participantOfIdentity } from '../room/index'
import { perform } from './effect'
import type { RoomInput } from './input'
import type { Clock, Journal, Meter, NewId, RoomLog } from './ports'
import { RoomHost } from './room-host'
import { refusalOf } from './turn'

/** How long the id of an ended room is refused, so that clients of the old one do not open a new one by their retries. */
export const ENDED_FOR_MS = 60_000

export type RoomsParts = {
  readonly rules: Omit<RoomRules, 'roomId'>
  readonly iceServers: readonly IceServer[]
  readonly log: RoomLog
  readonly clock: Clock
  readonly newId: NewId
  readonly meter: Meter
  readonly journal: Journal
}

/** One open room in numbers; for REST and metrics. */
export type RoomStats = {
  readonly roomId: string
  readonly instance: string
  /** ms since the epoch. */
  readonly openedAt: number
  readonly locked: boolean
  readonly mode: string
  readonly seq: number
  readonly participants: Readonly<Record<Role, number>>
  /** Those among the participants whose connection is down for now. */
  readonly reconnecting: number
}

/** The open rooms by id. Rooms open on demand and are forgotten when they have closed. */
export class Rooms {
  readonly #parts: RoomsParts
  readonly #hosts = new Map<string, RoomHost>()
  /** Ids that are refused, and until when (ms since the epoch); oldest first. */
  readonly #ended = new Map<string, number>()
  #closed = false

  constructor(parts: RoomsParts) {
    this.#parts = parts
  }

  /** Queues an input for a room. Only a join or the API opens an absent one; to anything else an absent room is silent. */
  submit(roomId: string, input: RoomInput): void {
    if (this.#closed) return dismiss(input, 'draining', this.#parts.journal)
    const host = this.#hosts.get(roomId)
    if (host !== undefined) host.submit(input)
    else if (input.type !== 'join' && input.type !== 'open') dismiss(input, 'absent', this.#parts.journal)
    else if (this.#hasEnded(roomId)) dismiss(input, 'ended', this.#parts.journal)
    else this.#open(roomId).submit(input)
  }

  /** Opens an absent room with nobody in it; one that is open stays as it is. `ended`: its id is refused for now. */
  open(roomId: string): Promise<'opened' | 'ended' | 'unavailable'> {
    if (!this.#hosts.has(roomId) && this.#hasEnded(roomId)) return Promise.resolve('ended')
    return new Promise((settle) => this.submit(roomId, { type: 'open', settle }))
  }

  /** Ends an open room. */
  end(roomId: string): Promise<'ended' | 'absent' | 'unavailable'> {
    return new Promise((settle) => this.submit(roomId, { type: 'end', settle }))
  }

  stats(roomId: string): RoomStats | undefined {
    const host = this.#hosts.get(roomId)
    return host === undefined ? undefined : statsOf(host)
  }

  /**
   * What an identity is in an open room: the role of whoever is there, else the one that the room has given it. Undefined
   * where the token says it all.
   */
  standingOf(roomId: string, identity: string): Role | 'removed' | undefined {
    const state = this.#hosts.get(roomId)?.state
    if (state === undefined) return undefined
    if (isRemoved(state, identity, this.#parts.clock.now())) return 'removed'
    return participantOfIdentity(state, identity)?.role ?? state.ledger.overrides.get(identity)
  }

  /** All open rooms. */
  allStats(): RoomStats[] {
    return [...this.#hosts.values()].flatMap((host) => statsOf(host) ?? [])
  }

  /** Stops all rooms where they are; the log is not told that they ended. Idempotent. */
  close(): void {
    this.#closed = true
    for (const host of this.#hosts.values()) host.close()
    this.#hosts.clear()
  }

  #open(roomId: string): RoomHost {
    const { rules, iceServers, newId, meter, journal, log, clock } = this.#parts
    const settings = { rules: { ...rules, roomId }, iceServers, newId, meter, journal }
    const host = new RoomHost({ settings, log, clock, closed: (host, leftover) => this.#forget(host, leftover) })
    this.#hosts.set(roomId, host)
    return host
  }

  #forget(host: RoomHost, leftover: readonly RoomInput[]): void {
    const { roomId, state } = host
    this.#hosts.delete(roomId)
    if (state !== undefined) {
      this.#parts.journal.info({ room: roomId, seq: state.room.seq, why: state.ledger.ended }, 'a room has closed')
      if (state.ledger.ended === 'ended') this.#ended.set(roomId, this.#parts.clock.now() + ENDED_FOR_MS)
      void this.#forgetRecords(roomId, state.room.instance)
    }
    for (const input of leftover) this.submit(roomId, input)
  }

  async #forgetRecords(roomId: string, instance: string): Promise<void> {
    try {
      await this.#parts.log.forget(roomId, instance)
    } catch (error) {
      this.#parts.journal.warn({ err: error, room: roomId }, 'the log could not forget a closed room')
    }
  }

  #hasEnded(roomId: string): boolean {
    const now = this.#parts.clock.now()
    for (const [id, until] of this.#ended) {
      if (until > now) break
      this.#ended.delete(id)
    }
    return this.#ended.has(roomId)
  }
}

/** Answers what no room will answer. */
function dismiss(input: RoomInput, why: 'absent' | 'ended' | 'draining', journal: Journal): void {
  if (input.type === 'end') input.settle('absent')
  else if (input.type === 'open') input.settle('unavailable')
  else if (input.type !== 'join') perform(refusalOf(input, reject('unavailable', 'The room is not open.')), journal)
  else if (why === 'ended') input.connection.close('room_ended', 'This room has ended.')
  else input.connection.close('draining', 'The server is going down.')
}

function statsOf({ state, seats, roomId }: RoomHost): RoomStats | undefined {
  if (state === undefined) return undefined
  const { instance, openedAt, locked, mode, seq } = state.room
  const participants = Object.fromEntries(
    ROLES.map((role) => [role, state.room.participants.filter((each) => each.role === role).length]),
  ) as Record<Role, number>
  return { roomId, instance, openedAt, locked, mode: mode.name, seq, participants, reconnecting: seats.away().length }
}
