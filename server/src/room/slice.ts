import type { ChatMessage, RoomEvent, RoomEventOf } from '@peerstage/sdk/protocol'
import type { ArchivedMessage, DecideContext, InternalCommand } from './command'
import type { BaseLedger, Draft, LedgerRecord } from './ledger'
import type { BanChange } from './moderation-ledger'
import type { Decided, RoomState } from './state'

/**
 * All that the rules of a room know of one feature; a feature names what it has. `never` stands where each slice has a type of
 * its own: what is built from all slices casts once.
 */
export type Slice = {
  /** What becomes of its commands: `Handlers`. */
  readonly handlers?: object
  /** What becomes of what the server itself asks: `InternalHandlers`. */
  readonly internal?: object
  /** What becomes of its casts: `CastHandlers`. */
  readonly casts?: object
  /** Its parts of the ledger, by name: `LedgerParts`. No other slice has a part of that name. */
  readonly ledger?: { readonly [name: string]: AnyLedgerPart }
  /** What it takes out of a room when an identity is erased. */
  readonly erase?: Erases<never>
  /** What its records mean beyond their room. */
  readonly project?: (record: LedgerRecord<never>) => Partial<Projection>
  /** What is left of its events about an erased identity. An event that holds a name or a text of a person must be here. */
  readonly withoutPerson?: { readonly [T in RoomEvent['type']]?: (event: RoomEventOf<T>) => RoomEventOf<T> }
  /** What is left of its events when a message was deleted; the same event where it is not about that message. */
  readonly withoutText?: {
    readonly [T in RoomEvent['type']]?: (event: RoomEventOf<T>, messageId: ChatMessage['id']) => RoomEventOf<T>
  }
}

type AnyLedgerPart = {
  readonly start: unknown
  readonly fold: (before: never, record: LedgerRecord<never>, present: number, draft: Draft) => unknown
  readonly write: (value: never) => unknown
  readonly read: (stored: never) => unknown
}

/** The identity to erase, and the ids of the messages that it wrote in this instance, as the log has them. */
export type ErasedIdentity = Pick<Extract<InternalCommand, { type: 'identity.erase' }>, 'identity' | 'messageIds'>

/** What a slice takes out of a room when an identity is erased. It reads the parts `L` of the ledger. */
export type Erases<L = BaseLedger> = (
  state: RoomState<L>,
  erased: ErasedIdentity,
  context: DecideContext,
) => readonly Decided[]

/** What a log stores of a record in other places than the room's records. Absent parts do not change. */
export type Projection = {
  /** The identity that joined, or wrote: erasing an identity finds its records by this. Absent where nothing is personal. */
  readonly identity?: string
  /** A message for the chat archive. */
  readonly archived?: ArchivedMessage
  /** The id of a message that is deleted: its text goes from all that is kept. */
  readonly deleted?: ChatMessage['id']
  /** How the bans change that outlive the instance. */
  readonly bans?: BanChange
  /** Whether the room was ended, so that its id is rejected for a while. An empty room that closes is not. */
  readonly isEnd: boolean
}
