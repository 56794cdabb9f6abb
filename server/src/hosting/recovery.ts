import type { Clock } from '../ports/clock'
import type { EventLog, OpenInstance } from '../ports/event-log'
import { LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { Rooms } from './rooms'

/** How long to wait before the log is asked again, in ms. */
const TRY_AGAIN_MS = 5000
/** Rooms that are loaded at once: in one turn of the event loop, where the log is a file. A client that joins waits that long. */
const AT_ONCE = 4

export type RecoveryPorts = {
  readonly rooms: Pick<Rooms, 'load' | 'whileClosed'>
  readonly log: Pick<EventLog, 'openRooms' | 'forget'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Loads the rooms that are open in the log but not running: those of an earlier process, and those that were dropped. */
export class Recovery {
  readonly #ports: RecoveryPorts
  #state: 'idle' | 'trying' | 'done' | 'stopped' = 'idle'
  #firstTry: Promise<void> | undefined
  /** Whether a room was given up since the last try began. */
  #isStale = false
  #cancel = () => {}

  constructor(ports: RecoveryPorts) {
    this.#ports = ports
  }

  /** Whether every open room of the log is run here. */
  get isDone(): boolean {
    return this.#state === 'done'
  }

  /**
   * Starts, once. Resolves after the first try; what failed then is tried again each 5 s until it works. Meanwhile rooms are
   * loaded one by one as clients join.
   */
  start(): Promise<void> {
    if (this.#state === 'idle') {
      this.#state = 'trying'
      this.#firstTry = this.#try()
    }
    return this.#firstTry ?? Promise.resolve()
  }

  /** Tries no more. Idempotent. */
  stop(): void {
    this.#state = 'stopped'
    this.#cancel()
  }

  /** A room was abandoned: it is loaded again, because its participants must leave in time even if no client ever joins again. */
  roomAbandoned(): void {
    this.#isStale = true
    if (this.#state === 'done') this.#tryLater()
  }

  async #try(): Promise<void> {
    this.#isStale = false
    const isDone = await this.#loadAll().catch((error: unknown) => this.#failed(error))
    if (this.#state !== 'trying') return
    if (isDone && !this.#isStale) this.#state = 'done'
    else this.#tryLater()
  }

  #tryLater(): void {
    this.#state = 'trying'
    this.#cancel = this.#ports.clock.after(TRY_AGAIN_MS, () => void this.#try())
  }

  /** Loads all open rooms of the log. Returns whether all are loaded; a room that runs already is one of them. */
  async #loadAll(): Promise<boolean> {
    const open = [...(await this.#ports.log.openRooms())]
    let allDone = true
    const worker = async () => {
      for (let next = open.pop(); next !== undefined && this.#state === 'trying'; next = open.pop()) {
        if (!(await this.#loadOne(next))) allDone = false
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return allDone
  }

  /** No participant can come back to an empty room: it is over, and need not be loaded for that. */
  async #loadOne({ roomId, instance, participants }: OpenInstance): Promise<boolean> {
    const { rooms, log, clock } = this.#ports
    await new Promise<void>((resolve) => clock.nextTurn(resolve))
    if (participants > 0) return rooms.load(roomId)
    await rooms.whileClosed(roomId, () => log.forget(roomId, instance))
    return true
  }

  #failed(error: unknown): false {
    if (!(error instanceof LogUnavailable))
      this.#ports.logger.error({ err: error }, 'the open rooms could not be loaded')
    return false
  }
}
