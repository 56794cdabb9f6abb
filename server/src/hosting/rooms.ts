import type { Role } from '@peerstage/sdk/protocol'
import type { Clock } from '../ports/clock'
import { LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { Meter } from '../ports/meter'
import type { RoomLog } from '../ports/room-log'
import type { NewId, RoomRules } from '../room/command'
import { isRemoved } from '../room/join'
import { participantOfIdentity } from '../room/participants'
import type { RoomInput } from './input'
import { rejectWithoutRoom } from './rejections'
import { RoomHost } from './room-host'
import { type RoomStats, statsOf } from './room-stats'

export type RoomsPorts = {
  readonly rules: Omit<RoomRules, 'roomId'>
  readonly log: RoomLog
  readonly clock: Clock
  readonly newId: NewId
  readonly meter: Meter
  readonly logger: Logger
  /** Called when a room is not run any more though the log may have it open: the log may hold another state than this server. */
  readonly abandoned: () => void
}

/** The inputs for which an absent room is loaded: a join, and those of the API. */
const LOADS: ReadonlySet<RoomInput['type']> = new Set<RoomInput['type']>(['join', 'open', 'end', 'erase'])

/** `isRemoved`: kicked or banned. `role`: of its participant, else the one that a moderator gave; undefined where the token decides. */
export type RoleResult =
  | { readonly ok: true; readonly isRemoved: boolean; readonly role: Role | undefined }
  | { readonly ok: false; readonly error: 'unavailable' }

const UNAVAILABLE: RoleResult = { ok: false, error: 'unavailable' }

/** The open rooms by id. Rooms are loaded or opened on demand, and removed when they have closed. */
export class Rooms {
  readonly #ports: RoomsPorts
  readonly #hosts = new Map<string, RoomHost>()
  /** Work on room ids whose room is not running. */
  readonly #closures = new Map<string, Promise<void>>()
  #closed = false

  constructor(ports: RoomsPorts) {
    this.#ports = ports
  }

  /** Queues an input for a room. */
  submit(roomId: string, input: RoomInput): void {
    if (this.#closed) return rejectWithoutRoom(input, 'draining', this.#ports.logger)
    const host = this.#hosts.get(roomId) ?? (LOADS.has(input.type) ? this.#run(roomId) : undefined)
    if (host === undefined) rejectWithoutRoom(input, 'absent', this.#ports.logger)
    else host.submit(input)
  }

  /** Opens an absent room without a participant; an open one stays as it is. `ended`: its id is rejected for now. */
  open(roomId: string): Promise<'opened' | 'ended' | 'unavailable'> {
    return new Promise((settle) => this.submit(roomId, { type: 'open', settle }))
  }

  /** Ends an open room. */
  end(roomId: string): Promise<'ended' | 'absent' | 'unavailable'> {
    return new Promise((settle) => this.submit(roomId, { type: 'end', settle }))
  }

  /** Loads a room that the log has open. False: the log could not tell. */
  load(roomId: string): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false)
    return (this.#hosts.get(roomId) ?? this.#run(roomId)).loaded
  }

  /** Runs `work` for a room id whose room is not running; a client that joins meanwhile waits. Returns undefined without running it if the room runs. */
  whileClosed(roomId: string, work: () => Promise<void>): Promise<void> | undefined {
    if (this.#hosts.has(roomId)) return undefined
    const done = (this.#closures.get(roomId) ?? Promise.resolve()).then(work)
    const over = done
      .catch(() => {})
      .then(() => {
        if (this.#closures.get(roomId) === over) this.#closures.delete(roomId)
      })
    this.#closures.set(roomId, over)
    return done
  }

  /** Resolves when no room runs any more; at once if none does. */
  async over(roomId: string): Promise<void> {
    await this.#hosts.get(roomId)?.over
  }

  /** The ids of the rooms that are run here. */
  get ids(): readonly string[] {
    return [...this.#hosts.keys()]
  }

  stats(roomId: string): RoomStats | undefined {
    const host = this.#hosts.get(roomId)
    return host === undefined ? undefined : statsOf(host)
  }

  /** All open rooms. */
  allStats(): RoomStats[] {
    return [...this.#hosts.values()].flatMap((host) => statsOf(host) ?? [])
  }

  /** The role of an identity in a room, whether the room is open or not. `unavailable`: the log cannot be read now. */
  async roleOf(roomId: string, identity: string): Promise<RoleResult> {
    if (this.#closed) return UNAVAILABLE
    const host = this.#hosts.get(roomId) ?? this.#run(roomId)
    if (!(await host.loaded)) return UNAVAILABLE
    const { state, bans } = host
    if (state === undefined) {
      return { ok: true, isRemoved: bans.some((ban) => ban.identity === identity), role: undefined }
    }
    if (isRemoved(state, identity, host.moment.now)) return { ok: true, isRemoved: true, role: undefined }
    const role = participantOfIdentity(state, identity)?.role ?? state.ledger.overrides.get(identity)
    return { ok: true, isRemoved: false, role }
  }

  /** Stops all rooms where they are; the log is not told that they ended. Idempotent. */
  close(): void {
    this.#closed = true
    for (const host of this.#hosts.values()) host.close()
    this.#hosts.clear()
  }

  #run(roomId: string): RoomHost {
    const { rules, newId, meter, logger, log, clock, abandoned } = this.#ports
    const settings = { rules: { ...rules, roomId }, newId, meter, logger }
    const loadAfter = this.#closures.get(roomId)
    const host = new RoomHost({
      settings,
      log,
      clock,
      loadAfter,
      closed: (host, deferred, why) => {
        this.#evict(host, deferred)
        if (why === 'abandoned') abandoned()
      },
    })
    this.#hosts.set(roomId, host)
    return host
  }

  #evict({ roomId, state }: RoomHost, deferred: readonly RoomInput[]): void {
    this.#hosts.delete(roomId)
    if (state?.room.status === 'closed') {
      this.#ports.logger.info({ room: roomId, seq: state.room.seq, why: state.ledger.ended }, 'a room has closed')
      void this.#forgetRecords(roomId, state.room.instance)
    }
    for (const input of deferred) this.submit(roomId, input)
  }

  async #forgetRecords(roomId: string, instance: string): Promise<void> {
    try {
      await this.#ports.log.forget(roomId, instance)
    } catch (error) {
      if (error instanceof LogUnavailable) return
      this.#ports.logger.error({ err: error, room: roomId }, 'the log could not forget a closed room')
    }
  }
}
