import type { LoggedEvent, Rejection, RejectionCode, Room, RoomEvent } from '@peerstage/sdk/protocol'
import { reject } from '@peerstage/sdk/protocol'
import type { Ledger, Secret } from './ledger'

export type { Secret }

/** An event as it is stored. `v` is the version of the event's shape. */
export type StoredRecord = LoggedEvent<RoomEvent> & { readonly v: number; readonly secret?: Secret }

/** Everything the server knows of a room: what all may see, and what nobody may. */
export type ServerState = { readonly room: Room; readonly ledger: Ledger }

/** What `decide` says yes with: events still without their place in the log. */
export type Decided = { readonly event: RoomEvent; readonly by: string | null; readonly secret?: Secret }

/** A refusal, by the code that a reply or a goodbye carries. */
export type Refused = { readonly refused: Rejection }

export const refuse = (code: RejectionCode, message: string, retryAfterMs?: number): Refused => ({
  refused: reject(code, message, retryAfterMs),
})
