// The log of events: its interface, what each log must be able to replay, and ids that suit its indexes.
import type { LoggedEvent } from '@peerstage/sdk/protocol'
import type { NewId } from '../room/command'
import type { Ban } from '../room/moderation-ledger'
import type { ServerState } from '../room/slices'
import type { StoredRecord } from '../room/state'
import type { Clock } from './clock'

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
  /**
   * The JSON of what clients get of each record, in the order of `records`: a log that stores JSON need not encode it again, any other may
   * ignore it.
   */
  readonly encoded: readonly string[]
  /** What the room is after `records`: for snapshots. */
  readonly state: ServerState
}

/** The error if a batch does not fit an instance whose last seq in the log is `lastSeq`; undefined if it fits. */
export function batchFault({ expectedSeq, records, encoded }: Batch, lastSeq: number): RangeError | undefined {
  if (expectedSeq !== lastSeq) return new RangeError(`expected seq ${expectedSeq}, the log has ${lastSeq}`)
  if (encoded.length === records.length) return undefined
  return new RangeError(`a batch has ${records.length} records, and ${encoded.length} of them encoded`)
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

/** An instance that is open. */
export type OpenInstance = {
  /** The room's id. */
  readonly roomId: string
  /** The opening of the room. */
  readonly instance: string
  /** How many participants it had after its last batch. */
  readonly participants: number
}

/**
 * Stores the events of rooms. It does not need to know their types: `projectionOf` says what a record changes elsewhere. All methods
 * reject with a `LogUnavailable` when they cannot do their work; then they have changed nothing.
 */
export interface EventLog {
  /**
   * Keeps a batch, all or nothing: its records, and what follows from them for the chat archive and the room's bans. A deleted
   * message loses its text everywhere; its record keeps its seq.
   * @throws RangeError when `encoded` does not match `records`, or `expectedSeq` is not the last seq: another writer. Then, as after any error but `LogUnavailable`,
   * the room is loaded again, because it is not known what the log holds
   */
  append(batch: Batch): Promise<void>
  /** The events after `seq`; undefined when the replay window no longer reaches that far back. `secret` is left out. */
  since(roomId: string, instance: string, seq: number): Promise<readonly LoggedEvent[] | undefined>
  /** What there is to know before a room opens, or goes on after a restart. */
  load(roomId: string): Promise<StoredRoom>
  /** The instances that are open. */
  openRooms(): Promise<readonly OpenInstance[]>
  /** Forgets an instance that has closed: its state and its records. Its chat stays as long as the log keeps chat. */
  forget(roomId: string, instance: string): Promise<void>
  /** Resolves when the log can take a batch now, by trying to write. */
  probe(): Promise<void>
  /** Releases files and timers. Idempotent. */
  close(): Promise<void>
}

/** How far back a log must be able to replay: the least of the three (R3.5 in docs/spec.md). */
export const REPLAY_WINDOW = {
  /** This many of the newest. */
  events: 1000,
  /** Of their JSON. */
  bytes: 256 * 1024,
  /** Milliseconds since they happened. */
  ms: 120_000,
} as const

/** How long the id of an ended room is rejected, so that clients of the old one do not open a new one by their retries. */
export const ENDED_FOR_MS = 60_000

/** Enough for milliseconds in base 36 until the year 5188. */
const TIME_CHARACTERS = 9
/** 72 bits, for each millisecond anew. */
const RANDOM_CHARACTERS = 12

/**
 * Makes ids that sort by the time when they were made, and are random otherwise. An index of a log on disk grows at its end by them: by
 * ids without an order, each message has another page of the index to write. `random`: makes as many random characters.
 */
export const orderedIds =
  (clock: Pick<Clock, 'now'>, random: (characters: number) => string): NewId =>
  () =>
    // `+` would keep its two parts in memory beside it.
    [Math.floor(clock.now()).toString(36).padStart(TIME_CHARACTERS, '0'), random(RANDOM_CHARACTERS)].join('')
