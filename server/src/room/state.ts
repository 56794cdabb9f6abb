import type { LoggedEvent, Rejection, RejectionCode, Role, Room, RoomEvent } from '@peerstage/sdk/protocol'
import { reject } from '@peerstage/sdk/protocol'
import type { Ledger } from './ledger'

/** What a stored record holds beside its event, for the ledger alone. It never leaves the server. */
export type Secret = {
  /** On `participant.joined` and `participant.returned`: whose place it is, and which session holds it now. */
  readonly session?: { readonly identity: string; readonly hash: string; readonly page: string; readonly tokenRole: Role }
  /** The command that this record answers: its id within the session of `participantId`. */
  readonly command?: { readonly participantId: string; readonly id: number }
  /** A role that holds for an identity whatever its token says, until the room closes. */
  readonly override?: { readonly identity: string; readonly role: Role }
  /** An identity that is refused until `until` (ms since the epoch), or until the room closes when null. */
  readonly removal?: { readonly identity: string; readonly until: number | null }
}

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
