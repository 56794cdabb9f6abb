import * as v from 'valibot'
import { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import {
  type AcceptedReply,
  NOT_JOINED,
  notJoined,
  type Request,
  type Requests,
  type WhileOffline,
} from '../ports/requests'
import {
  type Cast,
  type ClientMessage,
  clientMessage,
  DEFAULT_LIMITS,
  encodeMessage,
  type Limits,
  type Reply,
  type SignalUp,
  type Source,
  type SourceChange,
  type Welcome,
} from '../protocol'
import { CommandQueue } from './command-queue'
import { type Connection, fitsFrame } from './connection'
import { offline } from './queued-command'
import { CastQueue, type RateLimiters, rateLimitersOf } from './rate-limiter'

type State =
  /** Not joined yet. */
  | { readonly type: 'none' }
  | { readonly type: 'up'; readonly connection: Connection }
  | { readonly type: 'down' }
  | { readonly type: 'closed' }

/** Sends all that the client sends, within the server's limits of rate and size, over one connection after the other. */
export class Sender {
  readonly #clock: Clock
  readonly #commandQueue = new CommandQueue()
  readonly #casts = new CastQueue()
  #state: State = { type: 'none' }
  #limits: Limits = DEFAULT_LIMITS
  #rateLimiters: RateLimiters
  #cancelPump = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
    this.#rateLimiters = rateLimitersOf(this.#limits, clock)
  }

  /** The limits of the server for this client; before the first welcome the defaults. */
  get limits(): Limits {
    return this.#limits
  }

  /** Sends a command and waits for its reply. For the errors see `Requests`. */
  request(command: Request, whileOffline: WhileOffline, isQuery = false): Promise<AcceptedReply> {
    const longest = { ...command, id: Number.MAX_SAFE_INTEGER } as ClientMessage
    const rejected = this.#rejectionOf(longest, whileOffline === 'reject')
    if (rejected) return Promise.reject(rejected)
    const reply = this.#commandQueue.add(command, whileOffline, isQuery)
    this.#pump()
    return reply
  }

  /** @throws LiveStreamError `not_joined`, `unavailable`, `rate_limited`, `payload_too_large` */
  cast(cast: Cast): void {
    const rejected = this.#rejectionOf({ type: 'cast', cast }, true)
    if (rejected) throw rejected
    this.#casts.add(cast, this.#limits)
    this.#pump()
  }

  /** Sends a signal at once, or drops it while the socket is down: a link that misses a signal starts over by itself. */
  signal(signal: SignalUp): void {
    if (this.#state.type === 'up' && this.#rejectionOf(signal, true) === undefined) this.#state.connection.send(signal)
  }

  /** A number for a command that is sent without waiting in the queue. */
  nextId(): number {
    return this.#commandQueue.nextId()
  }

  answered(reply: Reply): void {
    this.#commandQueue.answered(reply, this.#rateLimiters)
    this.#pump()
  }

  /** `sameSession`: the same participant in the same instance as on the connection before. */
  connected(connection: Connection, { limits, lastCommandId }: Welcome, sameSession: boolean): void {
    this.#state = { type: 'up', connection }
    // The server's buckets belong to the identity and outlive a socket: so do ours, unless the limits have changed.
    if (JSON.stringify(limits) !== JSON.stringify(this.#limits))
      this.#rateLimiters = rateLimitersOf(limits, this.#clock)
    this.#limits = limits
    this.#commandQueue.reconnected(sameSession, lastCommandId)
    // In a microtask: what the client sends again after a welcome is then in the same frame.
    queueMicrotask(() => this.#pump())
  }

  /** `unsendable`: something between client and server rejected what was sent. */
  disconnected(unsendable: boolean): void {
    if (this.#state.type !== 'up') return
    this.#state = { type: 'down' }
    this.#cancelPump()
    this.#casts.clear()
    this.#commandQueue.disconnected()
    // What is sent again is counted again, as the server does.
    this.#rateLimiters.chat.settle()
    this.#rateLimiters.commands.settle()
    if (unsendable) this.#commandQueue.failUnanswered(tooLarge('Something on the way to the server rejected this.'))
  }

  /** Everything that waits fails with this. Idempotent. */
  close(error: LiveStreamError): void {
    this.#state = { type: 'closed' }
    this.#cancelPump()
    this.#casts.clear()
    this.#commandQueue.close(error)
  }

  #rejectionOf(message: ClientMessage, needsConnection: boolean): LiveStreamError | undefined {
    const { type } = this.#state
    if (type === 'none' || type === 'closed') return notJoined()
    if (!fitsFrame(encodeMessage(message), this.#limits.maxFrameBytes))
      return tooLarge('This is larger than the server takes.')
    // The server ends a connection after a few messages that it cannot read. So a mistake of the app must not be sent.
    if (!v.is(clientMessage, message)) return new LiveStreamError('invalid', 'A value of this call has the wrong form.')
    return needsConnection && type === 'down' ? offline() : undefined
  }

  /** Sends what may be sent now, and runs again when more may be sent. */
  #pump(): void {
    this.#cancelPump()
    if (this.#state.type !== 'up') return
    const { connection } = this.#state
    const { commands, waitMs: commandsWait } = this.#commandQueue.take(
      this.#rateLimiters,
      this.#limits.maxUnansweredCommands,
    )
    const { casts, waitMs: castsWait } = this.#casts.take(this.#rateLimiters)
    for (const command of commands) connection.send(command)
    for (const cast of casts) connection.send({ type: 'cast', cast })
    const waits = [commandsWait, castsWait].filter((wait) => wait !== undefined)
    if (waits.length > 0) this.#cancelPump = this.#clock.after(Math.min(...waits), () => this.#pump())
  }
}

const tooLarge = (message: string) => new LiveStreamError('payload_too_large', message)

/** How verbs and media reach the server. Each session has another sender, and between two sessions there is none. */
export class CurrentSender {
  #sender: Sender | undefined

  /** From now on messages go to the sender of this session; undefined: to none. */
  use(sender: Sender | undefined): void {
    this.#sender = sender
  }

  get requests(): Requests {
    return this.#sender ?? NOT_JOINED
  }

  get limits(): Limits {
    return this.#sender?.limits ?? DEFAULT_LIMITS
  }

  /** Tells the room what changes in what we publish. While disconnected the latest change of each source waits. */
  readonly updateMedia = async (source: Source, change: SourceChange): Promise<void> => {
    await this.requests.request({ type: 'media.update', sources: { [source]: change } }, { latest: `media.${source}` })
  }
}
