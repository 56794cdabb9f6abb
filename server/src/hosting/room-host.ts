import type { Clock } from '../ports/clock'
import { setTimer } from '../ports/clock'
import type { RoomLog } from '../ports/room-log'
import { Draft } from '../room/ledger'
import type { Ban } from '../room/moderation-ledger'
import type { ServerState } from '../room/slices'
import { runBatch } from './batch'
import { InputQueue, prefetch } from './batch-inputs'
import { perform } from './effect'
import type { RoomInput } from './input'
import { type LoadedRoom, loadRoom } from './load-room'
import { runReadOnly } from './read-only-batch'
import { closeForReload, REJECTIONS, rejectAll, rejectAllWithoutRoom, rejectFailed, withinLimit } from './rejections'
import { createRoomTime, dueAt, type Moment, NO_WAITS, nextDeadline, type RoomTime, waitsOf } from './room-time'
import { Seats } from './seats'
import { commit, type RoomSettings, type Transaction } from './transaction'

export type RoomHostPorts = {
  readonly settings: RoomSettings
  readonly log: RoomLog
  readonly clock: Clock
  /** The log is not asked for the room before this is over. */
  readonly loadAfter: Promise<void> | undefined
  /**
   * Called once, when the room has ended, or there is none to run; `abandoned`: when the log may hold another state than this host.
   * `deferred`: what came too late for this instance.
   */
  readonly closed: (host: RoomHost, deferred: readonly RoomInput[], why: 'over' | 'abandoned') => void
}

/**
 * Runs one instance of a room: loads it, queues what comes, and takes batches that take all of it at once. It does not know the
 * rules (those are in `room/`), nor sockets (those are behind {@link Connection}).
 */
export class RoomHost {
  /** Resolves to whether the log could load the room. Never rejects. */
  readonly loaded: Promise<boolean>
  /** Resolves when it takes no more batches. */
  readonly over: Promise<void>
  readonly #ports: RoomHostPorts
  readonly #queue: InputQueue
  #state: ServerState | undefined
  #seats = new Seats()
  #bans: readonly Ban[] = []
  #time: RoomTime
  #waits = NO_WAITS
  #phase: 'loading' | 'idle' | 'scheduled' | 'running' | 'closed' = 'loading'
  #cancelTimer = () => {}
  #resolveOver = () => {}

  constructor(ports: RoomHostPorts) {
    this.#ports = ports
    this.#time = createRoomTime(0, ports.clock)
    this.#queue = new InputQueue(ports.settings.rules.limits.maxQueuedInputs)
    this.over = new Promise((resolve) => {
      this.#resolveOver = resolve
    })
    this.loaded = this.#load()
  }

  get roomId(): string {
    return this.#ports.settings.rules.roomId
  }

  get state(): ServerState | undefined {
    return this.#state
  }

  /** Who was banned before this instance opened; of an open one its own ledger tells. */
  get bans(): readonly Ban[] {
    return this.#bans
  }

  get seats(): Seats {
    return this.#seats
  }

  get moment(): Moment {
    return this.#time()
  }

  /** Queues an input for the next batch. Behind a log that hangs the queue is bounded: what a client asks is rejected then. */
  submit(input: RoomInput): void {
    const { meter, logger } = this.#ports.settings
    if (this.#queue.offer(input, (connection) => this.#seats.ofConnection(connection) !== undefined)) {
      if (this.#phase === 'idle') this.#schedule()
    } else if (input.type !== 'gone') {
      meter.rejection('queue_full', { room: this.roomId })
      rejectAll([input], REJECTIONS.busy, logger)
    }
  }

  /** Stops the timer and takes no more batches. The log keeps what it has. Idempotent. */
  close(): void {
    this.#cancelTimer()
    this.#phase = 'closed'
    this.#resolveOver()
    rejectAllWithoutRoom(this.#queue.takeAll(), 'draining', this.#ports.settings.logger)
  }

  async #load(): Promise<boolean> {
    const { log, clock, settings, loadAfter } = this.#ports
    await loadAfter
    const loaded = await loadRoom(this.roomId, { log, clock, logger: settings.logger })
    if (this.#phase !== 'loading') return false
    if (loaded.ok) return this.#start(loaded.room)
    rejectAll(this.#queue.takeAll(), REJECTIONS.notLoaded, settings.logger)
    this.#leave([])
    return false
  }

  #start({ isEnded, state, seats, bans, time }: LoadedRoom): true {
    this.#state = state
    this.#seats = seats
    this.#bans = bans
    this.#time = time
    this.#phase = 'idle'
    this.#seeWaits(this.moment)
    if (isEnded) rejectAllWithoutRoom(this.#queue.takeAll(), 'ended', this.#ports.settings.logger)
    this.#arm(false)
    this.#goOn([])
    return true
  }

  #schedule(): void {
    this.#phase = 'scheduled'
    this.#ports.clock.nextTurn(() => void this.#run())
  }

  async #run(): Promise<void> {
    if (this.#phase !== 'scheduled') return
    this.#phase = 'running'
    const stop = this.#ports.settings.meter.batch()
    const taken = this.#queue.takeBatch()
    const deferred = await this.#batch(taken).catch((error: unknown) => this.#failed(taken, error))
    stop()
    this.#goOn(deferred)
  }

  #failed(taken: readonly RoomInput[], error: unknown): readonly RoomInput[] {
    rejectFailed(taken, error, this.#ports.settings)
    return []
  }

  async #batch(taken: readonly RoomInput[]): Promise<readonly RoomInput[]> {
    const { log, settings } = this.#ports
    const [inputs, excess] = withinLimit(taken, settings)
    const prefetched = await prefetch(inputs, { log, logger: settings.logger, state: this.#state })
    const tx = this.#begin()
    runBatch(tx, inputs, prefetched)
    const result = await commit(tx, log)
    if (!result.ok && result.error === 'unknown') return this.#abandon(taken)
    const kept = result.ok ? tx : this.#begin()
    if (!result.ok) runReadOnly(kept, inputs, prefetched, REJECTIONS.notKept)
    this.#state = kept.state
    this.#seats = kept.seats
    this.#seeWaits(kept)
    this.#arm(!result.ok || inputs.some((input) => input.type === 'tick'))
    // The last step. It does not throw, so that no input is answered twice.
    perform([...excess, ...kept.effects], settings.logger)
    return kept.deferred
  }

  /** The room after a batch: closed for good, waiting, or on to the next batch. */
  #goOn(deferred: readonly RoomInput[]): void {
    if (this.#phase === 'closed') return
    const over = this.#state === undefined ? this.#queue.isEmpty : this.#state.room.status === 'closed'
    if (over) this.#leave([...deferred, ...this.#queue.takeAll()])
    else if (this.#queue.isEmpty) this.#phase = 'idle'
    else this.#schedule()
  }

  /** The log may hold something else than this host: all clients come again, to the room as the log has it. */
  #abandon(taken: readonly RoomInput[]): readonly RoomInput[] {
    closeForReload(taken, this.#seats.connections(), this.#ports.settings.logger)
    this.#leave(this.#queue.takeAll(), 'abandoned')
    return []
  }

  #leave(deferred: readonly RoomInput[], why: 'over' | 'abandoned' = 'over'): void {
    this.close()
    this.#ports.closed(this, deferred, why)
  }

  #begin(): Transaction {
    const { settings } = this.#ports
    const before = { seats: this.#seats.fork(), bans: this.#bans, state: this.#state, waits: this.#waits }
    const made = { draft: new Draft(), records: [], encoded: [], effects: [], deferred: [] }
    return { settings, ...this.moment, ...before, ...made }
  }

  #seeWaits(moment: Moment): void {
    if (this.#state !== undefined) this.#waits = waitsOf(this.#state, this.#waits, moment)
  }

  #arm(triedAlready: boolean): void {
    this.#cancelTimer()
    this.#cancelTimer = () => {}
    if (this.#phase === 'closed' || this.#state === undefined || this.#state.room.status === 'closed') return
    const { clock, settings } = this.#ports
    const { moment } = this
    const deadlines = dueAt(this.#state, this.#seats, settings.rules.limits, { ...moment, waits: this.#waits })
    const at = nextDeadline(deadlines, this.#seats, moment.elapsed, triedAlready)
    if (at !== undefined) this.#cancelTimer = setTimer(clock, at - moment.elapsed, () => this.submit({ type: 'tick' }))
  }
}
