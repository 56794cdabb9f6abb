import type { ChatHistoryResult, LoggedEvent, RoomEvent } from '@peerstage/sdk/protocol'
import type { KeptMessage } from '../room/command'
import type { Ban } from '../room/ledger'
import type { ServerState, StoredRecord } from '../room/state'

/**
 * A log could not take or give something, and nothing of it has happened. After a write that failed so, the log counts as down for
 * all rooms until its `probe` succeeds: batches are thrown away and answered `unavailable`.
 *
 * @example
 * ```ts
 * import { LogUnavailable, type RoomLog } from '@peerstage/server'
 *
 * const append: RoomLog['append'] = async () => {
 *   throw new LogUnavailable('The disk is full.')
 * }
 * ```
 */
export class LogUnavailable extends Error {
  /** Always that, in stacks and logs. */
  override readonly name = 'LogUnavailable'
}

/**
 * A log cannot be opened now, and may be in a moment as it is: nothing about its settings is wrong.
 *
 * @example
 * ```ts
 * import { LogNotReady, sqliteLog } from '@peerstage/server'
 *
 * try {
 *   sqliteLog('rooms.db')
 * } catch (error) {
 *   // 75 is EX_TEMPFAIL of sysexits.h: "try again".
 *   process.exit(error instanceof LogNotReady ? 75 : 1)
 * }
 * ```
 */
export class LogNotReady extends LogUnavailable {
  /** Another process has the file (`in_use`): it may end soon. Or its disk is full, read-only or faulty (`disk`). */
  readonly why: 'in_use' | 'disk'

  /** Made by a log that was asked to open; a log of your own may do so too. */
  constructor(message: string, why: 'in_use' | 'disk', options?: ErrorOptions) {
    super(message, options)
    this.why = why
  }
}

/** A log has no room for more. What makes room is tried all the same. */
export class LogFull extends LogUnavailable {}

/** Whether in a batch people only leave, or the room ends: sooner or later a log has more room by it. */
export function onlyLeaves({ records }: Pick<Batch, 'records'>): boolean {
  const types = records.map(({ event }) => event.type)
  return types.some((type) => ENDING.has(type)) && types.every((type) => ENDING.has(type) || FOLLOWS_AN_END.has(type))
}

const ENDING: ReadonlySet<string> = new Set(['participant.left', 'room.ended'])
/** The succession of a host, or the wait for one. */
const FOLLOWS_AN_END: ReadonlySet<string> = new Set([
  'participant.roleChanged',
  'room.hostGraceStarted',
  'room.hostGraceEnded',
])

/** One batch of a room, to be kept. */
export type Batch = {
  /** The room's id. */
  readonly roomId: string
  /** The opening of the room that it belongs to. */
  readonly instance: string
  /** The last seq before `records`; 0 for a new instance. */
  readonly expectedSeq: number
  /** At least one; their seqs go on from `expectedSeq`. */
  readonly records: readonly StoredRecord[]
  /** What the room is after `records`: for snapshots. */
  readonly state: ServerState
}

/** What a log knows of a room id. */
export type StoredRoom = {
  /** Identities that are rejected in every instance: bans that were not lifted. */
  readonly bans: readonly Ban[]
  /** When its last instance was ended (ms since the epoch); absent if it was not, or more than {@link ENDED_FOR_MS} ago. */
  readonly endedAt?: number
  /** The instance that is open, as its last kept batch left it. */
  readonly state?: ServerState
}

/** Which messages of a room to give back, newest first in choosing, oldest first in the answer. */
export type HistoryQuery = {
  /** Those of one instance; default: of all that are kept. */
  readonly instance?: string
  /** Those before this message. A message that is not kept has none before it. Default: the newest. */
  readonly before?: string
  /** At most so many, at least 1. */
  readonly limit: number
}

/**
 * Where rooms are kept. One contract suite runs on every implementation. Everything here rejects with a
 * {@link LogUnavailable} when it could not be done; what was asked for has then not happened, not even in part. Erasing alone may
 * have come to some of it: the same call again does the rest.
 */
export interface RoomLog {
  /**
   * Keeps a batch, all or nothing: its records, the chat that follows from them, and the room's bans. A deleted message loses its
   * text everywhere; its record keeps its seq.
   * @throws RangeError when `expectedSeq` is not the last seq: another writer. Then, as after any error but {@link LogUnavailable},
   * the room is loaded anew, for what the log holds is not known
   */
  append(batch: Batch): Promise<void>
  /** The events after `seq`; undefined when the replay window no longer reaches that far back. `secret` is left out. */
  since(roomId: string, instance: string, seq: number): Promise<readonly LoggedEvent<RoomEvent>[] | undefined>
  /** What there is to know before a room opens, or goes on after a restart. */
  load(roomId: string): Promise<StoredRoom>
  /** The instances that are open, and how many participants each had after its last batch. */
  openRooms(): Promise<readonly { readonly roomId: string; readonly instance: string; readonly participants: number }[]>
  /** Messages that were said in a room id, as far as they are kept. Deleted ones are not among them. */
  history(roomId: string, query: HistoryQuery): Promise<ChatHistoryResult>
  /** One message of an instance, or of whatever instance, with the identity that wrote it; undefined when it is not kept, or deleted. */
  message(roomId: string, instance: string | undefined, messageId: string): Promise<KeptMessage | undefined>
  /** Forgets an instance that has closed: its state and its records. Its chat stays as long as this log keeps chat. */
  forget(roomId: string, instance: string): Promise<void>
  /** Erases all that is kept of a room id that is not open: chat, bans, and when it ended. */
  eraseRoom(roomId: string): Promise<void>
  /** What an identity wrote that is kept, in whatever room. */
  messagesOf(
    identity: string,
  ): Promise<readonly { readonly roomId: string; readonly instance: string; readonly messageId: string }[]>
  /**
   * Erases an identity from all that is kept: the texts and names of its messages, its name and metadata where it joined.
   * Bans stay, for they hold until lifted. In open rooms it is gone by then: the caller saw to that.
   */
  eraseIdentity(identity: string): Promise<void>
  /** Resolves when the log can take a batch now, by trying to write. */
  probe(): Promise<void>
  /** Releases files and timers. Idempotent. */
  close(): Promise<void>
}

/** How far back a log must be able to replay: the least of the three. DESIGN: 1,000 events, 256 KiB, 2 min. */
export const REPLAY_WINDOW = {
  /** The newest so many. */
  events: 1000,
  /** Of their JSON. */
  bytes: 256 * 1024,
  /** Milliseconds since they happened. */
  ms: 120_000,
} as const

/** How long the id of an ended room is refused, so that clients of the old one do not open a new one by their retries. */
export const ENDED_FOR_MS = 60_000
