import type { ChatHistoryResult } from '@peerstage/sdk/protocol'
import type { ArchivedMessage } from '../room/command'

/** Which messages of a room to give back, newest first in choosing, oldest first in the answer. */
export type HistoryQuery = {
  /** Those of one instance; default: of all that are kept. */
  readonly instance?: string
  /** Those before this message. A message that is not kept has none before it. Default: the newest. */
  readonly before?: string
  /** At most this many; at least 1. */
  readonly limit: number
}

/** Where a message was written. */
export type MessagePlace = {
  /** The room's id. */
  readonly roomId: string
  /** The opening of the room. */
  readonly instance: string
  /** The message's id. */
  readonly messageId: string
}

/** Chat that can be read back, beyond what a room's state holds. Deleted messages are not in it. Rejects as an `EventLog` does. */
export interface ChatArchive {
  /** Messages of a room id, as far as they are kept. */
  history(roomId: string, query: HistoryQuery): Promise<ChatHistoryResult>
  /** One message, with the identity that wrote it; undefined when it is not kept, or deleted. `instance` undefined: of any instance. */
  message(roomId: string, instance: string | undefined, messageId: string): Promise<ArchivedMessage | undefined>
  /** The messages of an identity that are kept, in all rooms. */
  messagesOf(identity: string): Promise<readonly MessagePlace[]>
}
