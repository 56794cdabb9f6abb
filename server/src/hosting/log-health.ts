import type { Clock } from '../ports/clock'
import type { Batch } from '../ports/event-log'
import { LogFull, LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { RoomLog } from '../ports/room-log'
import { onlyLeaves } from '../room/room-life'

/** How often a log that is down is probed, in ms. */
export const PROBE_EVERY_MS = 5000

/** A log, and whether it takes batches. */
export type WatchedLog = RoomLog & { readonly isUp: boolean }

/**
 * Watches a log. After a write that fails it counts as down: all writes are rejected without a try until a probe succeeds. A log that
 * is full still gets the writes that free space, or no room could end. Reads are always tried, so that a client that comes back
 * finds its room; after one that fails the log is probed, because only that room may be damaged. Each outage is logged in two
 * lines, when it begins and when it ends. `kept` is called after each batch that was kept.
 */
export function watchLog(
  log: RoomLog,
  clock: Clock,
  logger: Logger,
  kept: (batch: Batch) => void = () => {},
): WatchedLog {
  return new LogHealth(log, clock, logger, kept)
}

class LogHealth implements WatchedLog {
  readonly #log: RoomLog
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #kept: (batch: Batch) => void
  #state: 'up' | 'suspected' | 'down' | 'closed' = 'up'
  #isFull = false
  #downSince = 0
  #cancelProbe = () => {}

  constructor(log: RoomLog, clock: Clock, logger: Logger, kept: (batch: Batch) => void) {
    this.#log = log
    this.#clock = clock
    this.#logger = logger
    this.#kept = kept
  }

  get isUp(): boolean {
    return this.#state !== 'down'
  }

  append = async (batch: Batch): Promise<void> => {
    await this.#write(() => this.#log.append(batch), onlyLeaves(batch.records))
    this.#kept(batch)
  }
  forget = (roomId: string, instance: string) => this.#write(() => this.#log.forget(roomId, instance), true)
  eraseRoom = (roomId: string) => this.#write(() => this.#log.eraseRoom(roomId), true)
  eraseIdentity = (identity: string) => this.#write(() => this.#log.eraseIdentity(identity))

  since: RoomLog['since'] = (...which) => this.#read(() => this.#log.since(...which))
  load: RoomLog['load'] = (...which) => this.#read(() => this.#log.load(...which))
  openRooms: RoomLog['openRooms'] = () => this.#read(() => this.#log.openRooms())
  history: RoomLog['history'] = (...which) => this.#read(() => this.#log.history(...which))
  message: RoomLog['message'] = (...which) => this.#read(() => this.#log.message(...which))
  messagesOf: RoomLog['messagesOf'] = (...which) => this.#read(() => this.#log.messagesOf(...which))

  probe(): Promise<void> {
    return this.#log.probe()
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.#cancelProbe()
    await this.#log.close()
  }

  async #write(work: () => Promise<void>, makesRoom = false): Promise<void> {
    if (this.#state === 'down' && !(this.#isFull && makesRoom)) throw new LogUnavailable('The log is down.')
    try {
      await work()
    } catch (error) {
      if (error instanceof LogUnavailable) this.#goDown(error)
      throw error
    }
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof LogUnavailable) void this.#suspect(error)
      throw error
    }
  }

  async #suspect(fault: LogUnavailable): Promise<void> {
    if (this.#state !== 'up') return
    this.#state = 'suspected'
    const error = await this.#tried()
    if (this.#state !== 'suspected') return
    this.#state = 'up'
    if (error !== undefined) this.#goDown(error)
    else this.#logger.error({ err: fault }, 'the log could not be read, though it can be written')
  }

  #goDown(error: unknown): void {
    this.#isFull = error instanceof LogFull
    if (this.#state === 'down' || this.#state === 'closed') return
    this.#state = 'down'
    this.#downSince = this.#clock.elapsed()
    this.#logger.error({ err: error }, 'the log is down: nothing is kept until it is there again')
    this.#probeLater()
  }

  #probeLater(): void {
    this.#cancelProbe = this.#clock.after(PROBE_EVERY_MS, () => void this.#probe())
  }

  async #probe(): Promise<void> {
    const error = await this.#tried()
    if (this.#state !== 'down') return
    if (error !== undefined) {
      this.#isFull = error instanceof LogFull
      return this.#probeLater()
    }
    this.#state = 'up'
    this.#logger.info({ downMs: Math.round(this.#clock.elapsed() - this.#downSince) }, 'the log is up again')
  }

  /** What a probe failed with; undefined when it succeeded. */
  async #tried(): Promise<unknown> {
    try {
      await this.#log.probe()
      return undefined
    } catch (error) {
      return error ?? new LogUnavailable('The probe failed.')
    }
  }
}
