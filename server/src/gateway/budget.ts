import { type ClientMessage, encodeMessage, type Limits, type SignalUp, utf8Bytes } from '@peerstage/sdk/protocol'
import { PairBudget } from './pair-budget'
import { Pauses } from './pauses'
import { Buckets, type Rate, type Verdict } from './rate-limit'

/** All chat of a room together: what people can still read. */
const ROOM_CHAT: Rate = { perSecond: 20, burst: 40 }
/** Places taken by one identity in one room: joins, resumes, reloads. */
const JOINS: Rate = { perSecond: 1, burst: 10 }
/** A newcomer's 19 answers with their candidates come within one second: some hundred messages (measured). */
const SIGNALS: Rate = { perSecond: 200, burst: 1000 }
/** Bytes of casts a second, each of which goes to 19 others; as many at once as the largest casts of one burst have. */
const CAST_BYTES_PER_SECOND = 64 * 1024
/** What a cast has around its value, at most: 20 ids of 64 characters as its addressees, and the keys. */
const CAST_ENVELOPE_BYTES = 2048
/** One each 15 s is honest. */
const HEARTBEATS: Rate = { perSecond: 1, burst: 10 }

const BUCKETS_KEPT = 50_000
/** Whose text was refused waits at least so long: what was under way behind it by then must not overtake it. */
const LEAST_CHAT_PAUSE_MS = 1000

/** The buckets of all rooms and identities: a reconnect resets nothing. */
export class Budgets {
  readonly #limits: Limits
  readonly #now: () => number
  readonly #buckets = new Buckets(BUCKETS_KEPT)
  readonly #chatPauses = new Pauses(BUCKETS_KEPT)

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /** A place in a room, by whoever asks for it. */
  join(identity: string, roomId: string): Verdict {
    return this.#buckets.take(key('join', identity, roomId), JOINS, this.#now())
  }

  /** The budget of one connection. */
  of(identity: string, roomId: string): Budget {
    const pairs = new PairBudget()
    const own = new Buckets(2)
    const shared: Shared = (name, rate, cost) =>
      this.#buckets.take(key(name, identity, roomId), rate, this.#now(), cost)
    return (message) => {
      if (message.type === 'heartbeat') return own.take('heartbeat', HEARTBEATS, this.#now())
      if (message.type === 'signal') return this.#signal(message, own, pairs)
      if (message.type === 'cast') return this.#cast(message, shared)
      const { commandsPerSecond, commandBurst } = this.#limits
      const command = shared('command', { perSecond: commandsPerSecond, burst: commandBurst })
      return message.type === 'chat.send' ? this.#chat(identity, roomId, command, shared) : command
    }
  }

  #cast(cast: MessageOf<'cast'>, shared: Shared): Verdict {
    const { castsPerSecond, castBurst, maxDataBytes } = this.#limits
    const count = shared('cast', { perSecond: castsPerSecond, burst: castBurst })
    if (!count.ok) return count
    const largest = maxDataBytes + CAST_ENVELOPE_BYTES
    const bytes = { perSecond: Math.max(CAST_BYTES_PER_SECOND, largest), burst: castBurst * largest }
    return shared('cast bytes', bytes, utf8Bytes(encodeMessage(cast)))
  }

  /**
   * Whose text was refused, for whatever reason, has all its chat refused for the time that it was told: its texts keep
   * their order. They count against its own bucket meanwhile, or a pause would hide a flood.
   */
  #chat(identity: string, roomId: string, command: Verdict, shared: Shared): Verdict {
    const now = this.#now()
    const pause = key('chat', identity, roomId)
    const { chatPerSecond, chatBurst } = this.#limits
    const own = command.ok ? shared('chat', { perSecond: chatPerSecond, burst: chatBurst }) : command
    const pausedMs = this.#chatPauses.left(pause, now)
    const verdict = own.ok ? this.#roomChat(roomId, pausedMs) : own
    if (verdict.ok) return verdict
    const retryAfterMs = Math.max(verdict.retryAfterMs, pausedMs > 0 ? pausedMs : LEAST_CHAT_PAUSE_MS)
    this.#chatPauses.begin(pause, now, retryAfterMs)
    return { ...verdict, retryAfterMs }
  }

  /** Others fill the room's bucket as well: nobody is sent away for that. Who pauses takes nothing out of it. */
  #roomChat(roomId: string, pausedMs: number): Verdict {
    if (pausedMs > 0) return { ok: false, retryAfterMs: pausedMs, flood: false }
    const room = this.#buckets.take(key('chat of all', '', roomId), ROOM_CHAT, this.#now())
    return room.ok ? room : { ...room, flood: false }
  }

  #signal(signal: SignalUp, own: Buckets, pairs: PairBudget): Verdict {
    const now = this.#now()
    const all = own.take('signal', SIGNALS, now)
    return all.ok ? pairs.take(signal.to, utf8Bytes(encodeMessage(signal)), now) : all
  }
}

type MessageOf<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>
/** Takes out of a bucket of one identity in one room. */
type Shared = (name: string, rate: Rate, cost?: number) => Verdict

/** Whether one more message of a connection is within its limits. */
export type Budget = (message: ClientMessage) => Verdict

/** JSON keeps an identity from running into the parts beside it. */
const key = (name: string, identity: string, roomId: string): string => JSON.stringify([name, identity, roomId])
