import type { LoggedEvent, Rejection, RejectionCode, Room, RoomEvent } from '@peerstage/sdk/protocol'
import { reject } from '@peerstage/sdk/protocol'
import type { BaseLedger, Secret } from './ledger'

/** An event as it is stored. */
export type StoredRecord<S extends Secret = Secret> = LoggedEvent<RoomEvent> & {
  /** The version of the event's shape: a later server brings it forward by it. */
  readonly v: number
  /** What only the server may know: identities, hashes of keys, bans. It never goes to a client. */
  readonly secret?: S
}

/** What the server knows about a room, as far as a slice reads it that has the parts `L` of the ledger. */
export type RoomState<L = BaseLedger> = {
  /** The same for all, folded by both ends. */
  readonly room: Room
  /** Never sent. */
  readonly ledger: L
}

/** What `decide` accepts with: events still without their place in the log. */
export type Decided<S extends Secret = Secret> = {
  readonly event: RoomEvent
  readonly by: string | null
  readonly secret?: S
}

/** A rejection, with what the reply says. */
export type Rejected = { readonly ok: false; readonly error: Rejection }

export const rejected = (code: RejectionCode, message: string, retryAfterMs?: number): Rejected => ({
  ok: false,
  error: reject(code, message, retryAfterMs),
})
