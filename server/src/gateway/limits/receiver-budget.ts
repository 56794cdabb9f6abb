import type { Limits, SignalUp } from '@peerstage/sdk/protocol'
import type { LimitReason } from '../../ports/rejection-reason'
import { type Buckets, type Rate, type RateResult, withReason } from './token-bucket'

/** What each sender may always send to a receiver, and what all of them may beyond that. */
type Shared = { readonly name: LimitReason; readonly own: Rate; readonly common: Rate }

/** Of one signal, on its way from an identity to a participant of a room. */
export type SignalPassage = {
  readonly identity: string
  readonly roomId: string
  readonly signal: SignalUp
  readonly bytes: number
}

/**
 * What all others together may send to one participant. A sender has a share of its own that no other can use up: of those
 * that flood, each meets the common bound, and a client that signals as an honest one does gets through beside them. The buckets
 * are of identities: a reconnect resets nothing.
 */
export class ReceiverBudget {
  readonly #buckets: Buckets
  /** Each offer costs the receiver a connection, or a restart of ICE in one. */
  readonly #offers: Shared
  /** Signals are never dropped from a queue: so these bytes stay below what it may hold. */
  readonly #bytes: Shared

  constructor({ maxParticipants, pairBytesPerSecond, pairByteBurst }: Limits, buckets: Buckets) {
    this.#buckets = buckets
    // A newcomer has one offer from each of the others but one; a room that reloads as a whole, two; and then each link that fails starts over.
    this.#offers = {
      name: 'receiver_offers',
      own: { perSecond: 0.1, burst: 6 },
      common: { perSecond: maxParticipants / 10, burst: 3 * maxParticipants },
    }
    // One negotiation takes some 12 KiB each way (measured).
    this.#bytes = {
      name: 'receiver_bytes',
      own: { perSecond: pairBytesPerSecond / 8, burst: pairByteBurst / 10 },
      common: { perSecond: 8 * pairBytesPerSecond, burst: 2 * pairByteBurst },
    }
  }

  take(passage: SignalPassage, now: number): RateResult {
    const offers = passage.signal.body.type === 'offer' ? this.#take(this.#offers, passage, 1, now) : YES
    return offers.ok ? this.#take(this.#bytes, passage, passage.bytes, now) : offers
  }

  /** Others fill the common bucket as well, so no client is disconnected for that. */
  #take(
    { name, own, common }: Shared,
    { identity, roomId, signal }: SignalPassage,
    cost: number,
    now: number,
  ): RateResult {
    const key = [name, roomId, signal.to]
    if (this.#buckets.take(JSON.stringify([...key, identity]), own, now, cost).ok) return YES
    const result = this.#buckets.take(JSON.stringify(key), common, now, cost)
    return withReason(result.ok ? result : { ok: false, error: { ...result.error, flood: false } }, name)
  }
}

const YES: RateResult = { ok: true }
