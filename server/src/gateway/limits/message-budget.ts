// Whether the messages of a connection are within the rates of its identity and its room.
import {
  type ClientMessage,
  type ClientMessageOf,
  encodeMessage,
  type Limits,
  utf8Bytes,
} from '@peerstage/sdk/protocol'
import { PairBudget } from './pair-budget'
import { ReceiverBudget, type SignalPassage } from './receiver-budget'
import { Buckets, type Rate, type RateResult, type TakeResult, withReason } from './token-bucket'

/** One each 15 s is honest. */
const HEARTBEATS: Rate = { perSecond: 1, burst: 10 }

const BUCKETS_KEPT = 50_000
/** The least cooldown after a rejected text, so that texts that were sent behind it do not overtake it. */
const LEAST_CHAT_COOLDOWN_MS = 1000

/** The buckets of all rooms and identities: a reconnect resets nothing. */
export class MessageBudgets {
  readonly limits: Limits
  readonly now: () => number
  readonly #buckets = new Buckets(BUCKETS_KEPT)
  readonly #receivers: ReceiverBudget
  readonly #chatCooldowns = new ChatCooldowns(BUCKETS_KEPT)

  constructor(limits: Limits, now: () => number) {
    this.limits = limits
    this.now = now
    this.#receivers = new ReceiverBudget(limits, this.#buckets)
  }

  /** A seat in a room, for each client that asks for it. */
  join(identity: string, roomId: string): RateResult {
    const rate = { perSecond: this.limits.joinsPerSecond, burst: this.limits.joinBurst }
    return withReason(this.take('join', { identity, roomId }, rate), 'join_rate')
  }

  /** The budget of one connection. */
  of(identity: string, roomId: string): MessageBudget {
    return new MessageBudget(this, identity, roomId)
  }

  /** Takes out of a bucket of one identity in one room. */
  take(name: string, { identity, roomId }: Owner, rate: Rate, cost?: number): TakeResult {
    return this.#buckets.take(key(name, identity, roomId), rate, this.now(), cost)
  }

  /** What a receiver may still be sent. */
  receive(passage: SignalPassage): RateResult {
    return this.#receivers.take(passage, this.now())
  }

  /**
   * After a rejected text all chat of the identity is rejected for the time that it was told, so that its texts keep their order.
   * They still count against its own bucket, or a cooldown would hide a flood.
   */
  chat({ identity, roomId }: Owner, command: RateResult, isSeated: boolean): RateResult {
    const now = this.now()
    const cooldown = key('chat', identity, roomId)
    const { chatPerSecond, chatBurst } = this.limits
    const rate = { perSecond: chatPerSecond, burst: chatBurst }
    const own = command.ok ? withReason(this.take('chat', { identity, roomId }, rate), 'chat_rate') : command
    const cooldownMs = this.#chatCooldowns.left(cooldown, now)
    // A client without a seat is rejected by the room, so it takes nothing from the room's bucket.
    const result = own.ok && isSeated ? this.#roomChat(roomId, cooldownMs) : own
    if (result.ok) return result
    const retryAfterMs = Math.max(result.error.retryAfterMs, cooldownMs > 0 ? cooldownMs : LEAST_CHAT_COOLDOWN_MS)
    this.#chatCooldowns.begin(cooldown, now, retryAfterMs)
    return { ok: false, error: { ...result.error, retryAfterMs } }
  }

  /** Others fill the room's bucket as well, so no connection is closed for that. A client in a cooldown takes nothing out of it. */
  #roomChat(roomId: string, cooldownMs: number): RateResult {
    if (cooldownMs > 0) return { ok: false, error: { retryAfterMs: cooldownMs, flood: false, limit: 'chat_rate' } }
    const rate = { perSecond: this.limits.roomChatPerSecond, burst: this.limits.roomChatBurst }
    const room = this.take('chat of all', { identity: '', roomId }, rate)
    return room.ok ? room : { ok: false, error: { ...room.error, flood: false, limit: 'room_chat_rate' } }
  }
}

/** Whose bucket it is. */
type Owner = { readonly identity: string; readonly roomId: string }

/** Whether one more message of a connection is within its limits. */
export class MessageBudget implements Owner {
  readonly identity: string
  readonly roomId: string
  readonly #all: MessageBudgets
  // Made when they are needed, because an idle connection should cost little.
  #pairs: PairBudget | undefined
  #own: Buckets | undefined

  constructor(all: MessageBudgets, identity: string, roomId: string) {
    this.identity = identity
    this.roomId = roomId
    this.#all = all
  }

  /** `isSeated`: whether the connection has a seat in the room. */
  take(message: ClientMessage, isSeated = true): RateResult {
    if (message.type === 'heartbeat') return withReason(this.#ofOwn('heartbeat', HEARTBEATS), 'heartbeat_rate')
    if (message.type === 'signal') return this.#signal(message)
    if (message.type === 'cast') return this.#cast(message)
    const { commandsPerSecond, commandBurst } = this.#all.limits
    const rate = { perSecond: commandsPerSecond, burst: commandBurst }
    const command = withReason(this.#all.take('command', this, rate), 'command_rate')
    if (message.type === 'chat.send') return this.#all.chat(this, command, isSeated)
    return message.type === 'join' && command.ok ? this.#all.join(this.identity, this.roomId) : command
  }

  /** Takes out of a bucket of this connection alone. */
  #ofOwn(name: string, rate: Rate): TakeResult {
    this.#own ??= new Buckets(2)
    return this.#own.take(name, rate, this.#all.now())
  }

  #cast(cast: ClientMessageOf<'cast'>): RateResult {
    const { castsPerSecond, castBurst, castBytesPerSecond, castByteBurst } = this.#all.limits
    const count = this.#all.take('cast', this, { perSecond: castsPerSecond, burst: castBurst })
    if (!count.ok) return withReason(count, 'cast_rate')
    const bytes = { perSecond: castBytesPerSecond, burst: castByteBurst }
    return withReason(this.#all.take('cast bytes', this, bytes, utf8Bytes(encodeMessage(cast))), 'cast_bytes')
  }

  #signal(signal: ClientMessageOf<'signal'>): RateResult {
    const { limits } = this.#all
    const bytes = utf8Bytes(encodeMessage(signal))
    const rate = { perSecond: limits.signalsPerSecond, burst: limits.signalBurst }
    const all = withReason(this.#ofOwn('signal', rate), 'signal_rate')
    if (!all.ok) return all
    this.#pairs ??= new PairBudget(limits)
    const pair = this.#pairs.take(signal, bytes, this.#all.now())
    return pair.ok ? this.#all.receive({ identity: this.identity, roomId: this.roomId, signal, bytes }) : pair
  }
}

/** Neither a name nor a room id (the hello's was checked) has a line break, so the identity, which may have one, comes last. */
const key = (name: string, identity: string, roomId: string): string => `${name}\n${roomId}\n${identity}`

/** How many expired ones are removed each time that one begins: more than can be added. */
const FORGOTTEN_AT_ONCE = 2

/** Cooldowns by key, at most `capacity` of them: the one begun first goes first, once it is over or when there are too many. */
export class ChatCooldowns {
  readonly #until = new Map<string, number>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Begins a cooldown; it replaces the key's last one. */
  begin(key: string, now: number, ms: number): void {
    this.#until.delete(key)
    this.#until.set(key, now + ms)
    this.#forget(now)
  }

  /** How long the key's cooldown still lasts, in ms; 0 if it is over, or there is none. */
  left(key: string, now: number): number {
    const until = this.#until.get(key)
    if (until === undefined || until > now) return until === undefined ? 0 : until - now
    this.#until.delete(key)
    return 0
  }

  #forget(now: number): void {
    let left = FORGOTTEN_AT_ONCE
    for (const [key, until] of this.#until) {
      if (left-- === 0 || (until > now && this.#until.size <= this.#capacity)) return
      this.#until.delete(key)
    }
  }
}
