import { watchLog } from '../../../server/src/hosting/log-health'
import { Recovery } from '../../../server/src/hosting/recovery'
import { Rooms } from '../../../server/src/hosting/rooms'
import type { Clock } from '../../../server/src/ports/clock'
import type { RoomLog } from '../../../server/src/ports/room-log'
import { DEFAULT_LIMITS, MODES } from '../../src/protocol'
import { FaultyLog } from './faulty-log'
import { NOTICED_AFTER_MS, type Pipe, type ServerEnd } from './network'
import { ServerSocket, type SocketPorts } from './server-socket'
import { SocketRecords } from './socket-records'
import { ProcessClock, type Time, Wall } from './time'
import { Witness } from './witness'

/** Small, so that the bound is met. */
export const PLACES = 4

const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
const UNCOUNTED = { command() {}, rejection() {}, resume() {}, batch: () => () => {} }

type Process = {
  isAlive: boolean
  readonly clock: ProcessClock
  readonly rooms: Rooms
  readonly sockets: ServerSocket[]
}

export type HousePorts = {
  readonly time: Time
  readonly disk: Disk
  /** All sockets there are. */
  readonly pipes: () => readonly Pipe[]
  readonly duplicateSessions: 'replace' | 'reject'
}

/** Where a log lives, longer than the processes that open it. */
export interface Disk {
  /** A process opens the log. */
  open(clock: Pick<Clock, 'now' | 'after'>): RoomLog
  /** The process has ended. Says whether all that it had not yet written is lost. */
  ended(how: 'closed' | 'killed'): boolean
  /** The world is over. */
  close(): void
}

/** The server's side of a world: processes one after the other, on one log, and who keeps an eye on them. */
export class House {
  readonly wall: Wall
  readonly log: FaultyLog
  readonly witness: Witness
  readonly socketRecords: SocketRecords
  readonly #ports: HousePorts
  #process: Process | undefined
  #ids = 0

  constructor(ports: HousePorts) {
    this.#ports = ports
    this.wall = new Wall(ports.time)
    this.witness = new Witness(
      PLACES,
      () => ports.time.now(),
      () => this.serverNow,
    )
    this.log = new FaultyLog(this.witness, () => ports.time.now())
    this.socketRecords = new SocketRecords(this.witness, () => ports.time.now())
    this.start()
  }

  get isUp(): boolean {
    return this.#process !== undefined
  }

  get rooms(): Rooms | undefined {
    return this.#process?.rooms
  }

  get sockets(): readonly ServerSocket[] {
    return this.#process?.sockets.filter((socket) => socket.isOpen) ?? []
  }

  /** ms since the epoch, as the server has it. */
  get serverNow(): number {
    return this.#process?.clock.now() ?? this.wall.now()
  }

  /** Time as a room has it: never before its last event. */
  now(roomId: string): number {
    const lastAt = this.witness.stories.findLast((each) => each.roomId === roomId)?.records.at(-1)?.at ?? 0
    return Math.max(this.serverNow, lastAt)
  }

  start(): void {
    if (this.#process) return
    const clock = new ProcessClock(this.#ports.time, this.wall)
    const process = { isAlive: true, clock, sockets: [] }
    this.log.reopened(this.#ports.disk.open(clock))
    const log = watchLog(this.log.of(process), clock, SILENT)
    const rooms = new Rooms({
      rules: {
        mode: { ...MODES.camera, maxOnStage: 3 },
        limits: { ...DEFAULT_LIMITS, maxParticipants: PLACES },
        createRooms: 'onJoin',
        firstIsHost: false,
        duplicateSessions: this.#ports.duplicateSessions,
      },
      log,
      clock,
      newId: () => this.#nextId(),
      meter: UNCOUNTED,
      logger: SILENT,
      abandoned: () => recovery.roomAbandoned(),
    })
    this.#process = Object.assign(process, { rooms })
    this.socketRecords.restarted()
    const recovery: Recovery = new Recovery({ rooms, log, clock, logger: SILENT })
    void recovery.start()
  }

  /** The process is gone from one instant to the next. `told`: the machine lives, and resets its sockets. */
  kill(told: boolean): void {
    this.#end('killed', told)
  }

  #end(how: 'closed' | 'killed', told: boolean): void {
    const process = this.#process
    if (process === undefined) return
    this.#process = undefined
    process.isAlive = false
    process.clock.stop()
    if (this.#ports.disk.ended(how)) this.log.lost()
    for (const pipe of this.#ports.pipes()) pipe.cut({ client: told, server: true })
  }

  /** The process ends as it should: goodbyes first. Its rooms stay in the log. */
  drain(): void {
    const process = this.#process
    if (process === undefined) return
    for (const socket of this.sockets) socket.close('draining', 'The server is going down.')
    for (const pipe of this.#ports.pipes()) pipe.flow(this.accept)
    process.rooms.close()
    this.#end('closed', true)
  }

  /** The server's answer to a new socket: none when it is down. */
  readonly accept = (pipe: Pipe): ServerEnd | undefined => {
    const process = this.#process
    if (process === undefined) return undefined
    const { clock, rooms } = process
    const submit: SocketPorts['submit'] = (roomId, input) => {
      if (process.isAlive) rooms.submit(roomId, input)
    }
    const socket = new ServerSocket({ clock, submit, observer: this.socketRecords, nextId: () => this.#nextId() }, pipe)
    process.sockets.push(socket)
    return socket
  }

  /** Breaks a line. What one end is not told it notices by its pings, half a minute later. */
  cut(pipe: Pipe, told: { client: boolean; server: boolean }): void {
    pipe.cut(told)
    if (!told.server) this.#ports.time.after(NOTICED_AFTER_MS, () => pipe.cut({ client: false, server: true }))
  }

  /** Holds one direction of a line up. A server whose pings stay unanswered gives it up. */
  hold(pipe: Pipe, direction: 'up' | 'down'): void {
    pipe.held[direction] = true
    this.#ports.time.after(NOTICED_AFTER_MS, () => {
      if (pipe.held[direction] && pipe.hasArrived) pipe.cut({ client: false, server: true })
    })
  }

  /** One turn of the event loop. */
  turn(): boolean {
    return this.#process?.clock.turn() ?? false
  }

  #nextId(): string {
    this.#ids++
    return `id-${this.#ids}`
  }
}
