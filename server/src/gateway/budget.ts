import { type ClientMessage, encodeMessage, type Limits, type SignalUp, utf8Bytes } from '@peerstage/sdk/protocol'
import { Buckets, type Rate, type Verdict } from './rate-limit'

/** All chat of a room together: what people can still read. */
const ROOM_CHAT: Rate = { perSecond: 20, burst: 40 }
/** Places taken by one identity in one room: joins, resumes, reloads. */
const JOINS: Rate = { perSecond: 1, burst: 10 }
/** A newcomer's 19 answers with their candidates come within one second: some hundred messages (measured). */
const SIGNALS: Rate = { perSecond: 200, burst: 1000 }
/** One negotiation has a description and at most some 64 candidates. */
const PAIR_SIGNALS: Rate = { perSecond: 20, burst: 80 }
/** Else one peer could fill another's queue. */
const PAIR_BYTES: Rate = { perSecond: 32 * 1024, burst: 256 * 1024 }
/** One each 15 s is honest. */
const HEARTBEATS: Rate = { perSecond: 1, burst: 10 }

const BUCKETS_KEPT = 50_000
/** A room has 19 others; ids that are not there cost their sender only. */
const PAIR_BUCKETS_KEPT = 2 * 64

const YES: Verdict = { ok: true }

/** The buckets of all rooms and identities: a reconnect resets nothing. */
export class Budgets {
  readonly #limits: Limits
  readonly #now: () => number
  readonly #buckets = new Buckets(BUCKETS_KEPT)

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
    const pairs = new Buckets(PAIR_BUCKETS_KEPT)
    const own = new Buckets(2)
    const shared = (name: string, rate: Rate) => this.#buckets.take(key(name, identity, roomId), rate, this.#now())
    return (message) => {
      if (message.type === 'heartbeat') return own.take('heartbeat', HEARTBEATS, this.#now())
      if (message.type === 'signal') return this.#signal(message, own, pairs)
      const { castsPerSecond, castBurst, commandsPerSecond, commandBurst, chatPerSecond, chatBurst } = this.#limits
      if (message.type === 'cast') return shared('cast', { perSecond: castsPerSecond, burst: castBurst })
      const command = shared('command', { perSecond: commandsPerSecond, burst: commandBurst })
      if (!command.ok || message.type !== 'chat.send') return command
      const chat = shared('chat', { perSecond: chatPerSecond, burst: chatBurst })
      return chat.ok ? neverFlood(this.#buckets.take(key('chat', '', roomId), ROOM_CHAT, this.#now())) : chat
    }
  }

  #signal(signal: SignalUp, own: Buckets, pairs: Buckets): Verdict {
    const now = this.#now()
    const all = own.take('signal', SIGNALS, now)
    if (!all.ok) return all
    const count = pairs.take(`count ${signal.to}`, PAIR_SIGNALS, now)
    return count.ok ? pairs.take(`bytes ${signal.to}`, PAIR_BYTES, now, utf8Bytes(encodeMessage(signal))) : count
  }
}

/** Whether one more message of a connection is within its limits. */
export type Budget = (message: ClientMessage) => Verdict

/** Others filled the room's bucket as well: nobody is sent away for that. */
const neverFlood = (verdict: Verdict): Verdict => (verdict.ok ? YES : { ...verdict, flood: false })

/** JSON keeps an identity from running into the parts beside it. */
const key = (name: string, identity: string, roomId: string): string => JSON.stringify([name, identity, roomId])
