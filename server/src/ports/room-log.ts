import type { ChatArchive } from './chat-archive'
import type { EventLog } from './event-log'

/**
 * Where rooms are kept: an event log, and the chat archive beside it. One object is both, because a message and its event are kept
 * together or not at all, and because erasing reaches both. One contract suite for each part runs on every implementation.
 */
export interface RoomLog extends EventLog, ChatArchive {
  /** Erases all that is kept of a room id that is not open: chat, bans, and when it ended. After a failure the same call does the rest. */
  eraseRoom(roomId: string): Promise<void>
  /**
   * Erases an identity from all that is kept: the texts and names of its messages, its name and metadata where it joined. Bans
   * stay, for they hold until lifted. It has left all open rooms before. After a failure the same call does the rest.
   */
  eraseIdentity(identity: string): Promise<void>
}
