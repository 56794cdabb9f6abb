import { type LoggedEvent, type Rejection, reject } from '@peerstage/sdk/protocol'
import { deadlines } from '../room/index'
import type { ServerState } from '../room/state'
import { setAlarm } from './alarm'
import type { Missed } from './arrival'
import { type Draft, lastSeq, type RoomSettings } from './draft'
import { perform } from './effect'
import type { Knock, RoomInput } from './input'
import { type Clock, LogUnavailable, type RoomLog } from './ports'
import { absencesOf, Seats } from './seats'
import { refusalOf, salvageTurn, takeTurn, withinLimit } from './turn'

/** How soon a client may ask again, and a lost deadline is tried again, after the log failed. */
const RETRY_AFTER_MS = 1000

export type RoomHostParts = {
  readonly settings: RoomSettings
  readonly log: RoomLog
  readonly clock: Clock
  /** Called once, when the room has ended or nobody ever came in. `leftover`: what came too late for this instance. */
  readonly closed: (host: RoomHost, leftover: readonly RoomInput[]) => void
}

/**
 * Runs one instance of a room: a queue, and turns that take all of it at once. It does not know the rules (those are in
 * `room/`), nor sockets (those are behind {@link Connection}).
 */
export class RoomHost {
  readonly #parts: RoomHostParts
  readonly #rules: RoomSettings['rules']
  #state: ServerState | undefined
  #seats = new Seats()
  /** When its last event was: no later one is older, whatever the clock says. */
  #lastAt = 0
  #queue: RoomInput[] = []
  #phase: 'idle' | 'scheduled' | 'running' | 'closed' = 'idle'
  #cancelAlarm = () => {}

  constructor(parts: RoomHostParts) {
    this.#parts = parts
    this.#rules = parts.settings.rules
  }

  get roomId(): string {
    return this.#rules.roomId
  }

  get state(): ServerState | undefined {
    return this.#state
  }

  get seats(): Seats {
    return this.#seats
  }

  /** Queues an input for the next turn. Behind a log that hangs the queue is bounded: what a client asks is refused then. */
  submit(input: RoomInput): void {
    const full = this.#queue.length >= this.#rules.limits.maxQueuedInputs
    if (full && input.type !== 'gone' && input.type !== 'tick') {
      this.#parts.settings.meter.refusal('queue_full', { room: this.roomId })
      const error = reject('unavailable', 'The room is busy. Try again.', RETRY_AFTER_MS)
      perform(refusalOf(input, error), this.#parts.settings.journal)
      return
    }
    this.#queue.push(input)
    if (this.#phase === 'idle') this.#schedule()
  }

  /** Stops the timer and takes no more turns. The log keeps what it has. Idempotent. */
  close(): void {
    this.#cancelAlarm()
    this.#phase = 'closed'
    this.#queue = []
  }

  #schedule(): void {
    this.#phase = 'scheduled'
    this.#parts.clock.nextTurn(() => void this.#run())
  }

  async #run(): Promise<void> {
    if (this.#phase !== 'scheduled') return
    this.#phase = 'running'
    const stop = this.#parts.settings.meter.turn()
    const taken = this.#queue.splice(0)
    const leftover = await this.#turn(taken).catch((error: unknown) => this.#lost(taken, error))
    stop()
    this.#goOn(leftover)
  }

  /** A fault of our own: this turn is lost, whoever waits for an answer is told, and the room goes on. */
  #lost(taken: readonly RoomInput[], error: unknown): readonly RoomInput[] {
    const { journal } = this.#parts.settings
    journal.error({ err: error, room: this.roomId }, 'a turn of a room failed')
    const internal = reject('internal', 'Something went wrong in the server.')
    perform(
      taken.flatMap((input) => refusalOf(input, internal)),
      journal,
    )
    return []
  }

  async #turn(taken: readonly RoomInput[]): Promise<readonly RoomInput[]> {
    const [inputs, excess] = withinLimit(taken, this.#parts.settings)
    const missed = await this.#missed(inputs)
    const draft = this.#draft()
    takeTurn(draft, inputs, missed)
    const failure = await this.#keep(draft)
    const kept = failure === undefined ? draft : this.#draft()
    if (failure !== undefined) salvageTurn(kept, inputs, failure)
    this.#state = kept.state
    this.#seats = kept.seats
    this.#lastAt = kept.records.at(-1)?.at ?? this.#lastAt
    this.#arm(failure !== undefined || inputs.some((input) => input.type === 'tick'))
    // The last step, and it does not throw: an input is never answered twice.
    perform([...excess, ...kept.effects], this.#parts.settings.journal)
    return kept.leftover
  }

  /** The room after a turn: closed for good, waiting, or on to the next turn. */
  #goOn(leftover: readonly RoomInput[]): void {
    if (this.#phase === 'closed') return
    const over = this.#state === undefined ? this.#queue.length === 0 : this.#state.room.status === 'closed'
    if (over) {
      const rest = [...leftover, ...this.#queue]
      this.close()
      this.#parts.closed(this, rest)
    } else if (this.#queue.length > 0) this.#schedule()
    else this.#phase = 'idle'
  }

  #draft(): Draft {
    const { clock, settings } = this.#parts
    return {
      settings,
      now: Math.max(clock.now(), this.#lastAt),
      seats: this.#seats.fork(),
      bans: [],
      state: this.#state,
      records: [],
      effects: [],
      leftover: [],
    }
  }

  /** ONE append for the turn. What it answers is why the turn was lost, if it was. */
  async #keep(draft: Draft): Promise<Rejection | undefined> {
    if (draft.records.length === 0 || draft.state === undefined) return undefined
    const { log, settings } = this.#parts
    const expectedSeq = lastSeq(draft) - draft.records.length
    try {
      const { records, state } = draft
      await log.append({ roomId: this.roomId, instance: state.room.instance, expectedSeq, records, state })
      return undefined
    } catch (error) {
      const message = error instanceof LogUnavailable ? 'the log could not keep a turn' : 'the log refused a turn'
      settings.journal.error({ err: error, room: this.roomId, records: draft.records.length }, message)
      settings.meter.refusal('unavailable')
      return reject('unavailable', 'The room could not keep this. Try again.', RETRY_AFTER_MS)
    }
  }

  /** What the log still has for those who resume. A log that cannot tell makes it a snapshot. */
  async #missed(inputs: readonly RoomInput[]): Promise<Missed> {
    const missed = new Map<Knock, readonly LoggedEvent[]>()
    for (const knock of inputs) {
      if (knock.type !== 'join') continue
      const events = await this.#since(knock)
      if (events !== undefined) missed.set(knock, events)
    }
    return missed
  }

  async #since({ seq, instance }: Knock): Promise<readonly LoggedEvent[] | undefined> {
    const room = this.#state?.room
    if (room === undefined || seq === undefined || instance !== room.instance || seq > room.seq) return undefined
    try {
      return await this.#parts.log.since(room.id, instance, seq)
    } catch (error) {
      this.#parts.settings.journal.warn({ err: error, room: room.id }, 'the log could not be read for a resume')
      return undefined
    }
  }

  /** One timer for all that is due some time. What stayed due after a try waits a moment, so that a room can't spin. */
  #arm(triedAlready: boolean): void {
    this.#cancelAlarm()
    this.#cancelAlarm = () => {}
    if (this.#phase === 'closed' || this.#state === undefined || this.#state.room.status === 'closed') return
    const now = this.#parts.clock.now()
    const { due, nextAt } = deadlines(this.#state, absencesOf(this.#seats), now)
    const at = due.length > 0 ? now + (triedAlready ? RETRY_AFTER_MS : 0) : nextAt
    if (at !== undefined) this.#cancelAlarm = setAlarm(this.#parts.clock, at, () => this.submit({ type: 'tick' }))
  }
}
