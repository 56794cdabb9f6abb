import type { LoggedEvent, Rejection, RejectionCode, Room, RoomEvent } from '@peerstage/sdk/protocol'
import { reject } from '@peerstage/sdk/protocol'
import type { Ledger, Secret } from './ledger'

export type { Secret }

/** An event as it is stored. */
export type StoredRecord = LoggedEvent<RoomEvent> & {
  /** The version of the event's shape: a later server brings it forward by it. */
  readonly v: number
  /** What only the server may know: identities, hashes of keys, bans. It never goes to a client. */
  readonly secret?: Secret
}

/** Everything the server knows about a room: the public part and the secret part. */
export type ServerState = {
  /** The same for everybody, folded by both ends. */
  readonly room: Room
  /** Never told. */
  readonly ledger: Ledger
}

/** What `decide` says yes with: events still without their place in the log. */
export type Decided = { readonly event: RoomEvent; readonly by: string | null; readonly secret?: Secret }

/** No, and why: what the reply says. */
export type Rejected = { readonly ok: false; readonly error: Rejection }

export const rejected = (code: RejectionCode, message: string, retryAfterMs?: number): Rejected => ({
  ok: false,
  error: reject(code, message, retryAfterMs),
})
