import type { Clock } from '../ports/clock'
import { setTimer } from '../ports/clock'
import type { RoomLog } from '../ports/log'
import type { Ban } from '../room/ledger'
import type { ServerState } from '../room/state'
import { takeTurn } from './batch'
import { perform } from './effect'
import type { RoomInput } from './input'
import { InputQueue } from './input-queue'
import { keep } from './keeping'
import { type Recalled, recall } from './load-room'
import { dueAt, wakeAt } from './next-deadline'
import { lookUp } from './prefetch'
import { salvageBatch } from './read-only-batch'
import { countRefusal, DENIALS, dismissAll, refuseAll, sendBack, withinLimit } from './rejections'
import { type Moment, type RoomTime, timeSince } from './room-time'
import { Seats } from './seats'
import type { Draft, RoomSettings } from './transaction'
import { NO_WAITS, waitsOf } from './waits'

export type RoomHostParts = {
  readonly settings: RoomSettings
  readonly log: RoomLog
  readonly clock: Clock
  /** Before this is over, the log is not asked for the room. */
  readonly loadAfter: Promise<void> | undefined
  /**
   * Called once, when the room has ended, or there is none to run; `givenUp`: when the log may have it as it is not here.
   * `leftover`: what came too late for this instance.
   */
  readonly closed: (host: RoomHost, leftover: readonly RoomInput[], why: 'over' | 'givenUp') => void
}

/**
 * Runs one instance of a room: loads it, queues what comes, and takes batches that take all of it at once. It does not know the
 * rules (those are in `room/`), nor sockets (those are behind {@link Connection}).
 */
export class RoomHost {
  /** Resolves when the log has told of the room, to whether it could. Never rejects. */
  readonly loaded: Promise<boolean>
  /** Resolves when it takes no more batches. */
  readonly over: Promise<void>
  readonly #parts: RoomHostParts
  readonly #queue: InputQueue
  #state: ServerState | undefined
  #seats = new Seats()
  #bans: readonly Ban[] = []
  #time: RoomTime
  #waits = NO_WAITS
  #phase: 'loading' | 'idle' | 'scheduled' | 'running' | 'closed' = 'loading'
  #cancelAlarm = () => {}
  #tellOver = () => {}

  constructor(parts: RoomHostParts) {
    this.#parts = parts
    this.#time = timeSince(0, parts.clock)
    this.#queue = new InputQueue(parts.settings.rules.limits.maxQueuedInputs)
    this.over = new Promise((resolve) => {
      this.#tellOver = resolve
    })
    this.loaded = this.#load()
  }

  get roomId(): string {
    return this.#parts.settings.rules.roomId
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

  /** Queues an input for the next batch. Behind a log that hangs the queue is bounded: what a client asks is refused then. */
  submit(input: RoomInput): void {
    const { meter, logger } = this.#parts.settings
    if (this.#queue.offer(input, (connection) => this.#seats.ofConnection(connection) !== undefined)) {
      if (this.#phase === 'idle') this.#schedule()
    } else if (input.type !== 'gone') {
      meter.refusal('queue_full', { room: this.roomId })
      refuseAll([input], DENIALS.busy, logger)
    }
  }

  /** Stops the timer and takes no more batches. The log keeps what it has. Idempotent. */
  close(): void {
    this.#cancelAlarm()
    this.#phase = 'closed'
    this.#tellOver()
    dismissAll(this.#queue.takeAll(), 'draining', this.#parts.settings.logger)
  }

  async #load(): Promise<boolean> {
    const { log, clock, settings, loadAfter } = this.#parts
    await loadAfter
    const recalled = await recall(this.roomId, { log, clock, logger: settings.logger })
    if (this.#phase !== 'loading') return false
    if (recalled !== 'unavailable') return this.#begin(recalled)
    refuseAll(this.#queue.takeAll(), DENIALS.notLoaded, settings.logger)
    this.#leave([])
    return false
  }

  #begin({ isEnded, state, seats, bans, time }: Recalled): true {
    this.#state = state
    this.#seats = seats
    this.#bans = bans
    this.#time = time
    this.#phase = 'idle'
    this.#seeWaits(this.moment)
    if (isEnded) dismissAll(this.#queue.takeAll(), 'ended', this.#parts.settings.logger)
    this.#arm(false)
    this.#goOn([])
    return true
  }

  #schedule(): void {
    this.#phase = 'scheduled'
    this.#parts.clock.nextTurn(() => void this.#run())
  }

  async #run(): Promise<void> {
    if (this.#phase !== 'scheduled') return
    this.#phase = 'running'
    const stop = this.#parts.settings.meter.batch()
    const taken = this.#queue.takeTurn()
    const leftover = await this.#batch(taken).catch((error: unknown) => this.#lost(taken, error))
    stop()
    this.#goOn(leftover)
  }

  /** A fault of our own: this batch is lost, clients that wait for an answer are told, and the room goes on. */
  #lost(taken: readonly RoomInput[], error: unknown): readonly RoomInput[] {
    const { settings } = this.#parts
    settings.logger.error({ err: error, room: this.roomId }, 'a batch of a room failed')
    refuseAll(taken, DENIALS.internal, settings.logger)
    for (const input of taken) countRefusal(input, DENIALS.internal, settings)
    return []
  }

  async #batch(taken: readonly RoomInput[]): Promise<readonly RoomInput[]> {
    const { log, settings } = this.#parts
    const [inputs, excess] = withinLimit(taken, settings)
    const lookups = await lookUp(inputs, { log, logger: settings.logger, state: this.#state })
    const draft = this.#draft()
    takeTurn(draft, inputs, lookups)
    const outcome = await keep(draft, log)
    if (outcome === 'unknown') return this.#giveUp(taken)
    const kept = outcome === 'kept' ? draft : this.#draft()
    if (outcome === 'unavailable') salvageBatch(kept, inputs, lookups, DENIALS.notKept)
    this.#state = kept.state
    this.#seats = kept.seats
    this.#seeWaits(kept)
    this.#arm(outcome === 'unavailable' || inputs.some((input) => input.type === 'tick'))
    // The last step, and it does not throw: an input is never answered twice.
    perform([...excess, ...kept.effects], settings.logger)
    return kept.leftover
  }

  /** The room after a batch: closed for good, waiting, or on to the next batch. */
  #goOn(leftover: readonly RoomInput[]): void {
    if (this.#phase === 'closed') return
    const over = this.#state === undefined ? this.#queue.isEmpty : this.#state.room.status === 'closed'
    if (over) this.#leave([...leftover, ...this.#queue.takeAll()])
    else if (this.#queue.isEmpty) this.#phase = 'idle'
    else this.#schedule()
  }

  /** What the log holds is not what we hold, or may not be: everybody comes again, to the room as the log has it. */
  #giveUp(taken: readonly RoomInput[]): readonly RoomInput[] {
    sendBack(taken, this.#seats.connections(), this.#parts.settings.logger)
    this.#leave(this.#queue.takeAll(), 'givenUp')
    return []
  }

  #leave(leftover: readonly RoomInput[], why: 'over' | 'givenUp' = 'over'): void {
    this.close()
    this.#parts.closed(this, leftover, why)
  }

  #draft(): Draft {
    const { settings } = this.#parts
    const before = { seats: this.#seats.fork(), bans: this.#bans, state: this.#state, waits: this.#waits }
    return { settings, ...this.moment, ...before, records: [], effects: [], leftover: [] }
  }

  #seeWaits(moment: Moment): void {
    if (this.#state !== undefined) this.#waits = waitsOf(this.#state, this.#waits, moment)
  }

  #arm(triedAlready: boolean): void {
    this.#cancelAlarm()
    this.#cancelAlarm = () => {}
    if (this.#phase === 'closed' || this.#state === undefined || this.#state.room.status === 'closed') return
    const { clock, settings } = this.#parts
    const { moment } = this
    const deadlines = dueAt(this.#state, this.#seats, settings.rules.limits, { ...moment, waits: this.#waits })
    const at = wakeAt(deadlines, this.#seats, moment.elapsed, triedAlready)
    if (at !== undefined) this.#cancelAlarm = setTimer(clock, at - moment.elapsed, () => this.submit({ type: 'tick' }))
  }
}
