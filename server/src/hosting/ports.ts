import type { GoodbyeCode, LoggedEvent, RoomEvent } from '@peerstage/sdk/protocol'
import type { StoredRecord } from '../room/state'

/** Time and its timers. `now` is in ms since the epoch and never runs backwards. Delays over 2³¹−1 ms are clamped by the caller. */
export interface Clock {
  /** Milliseconds since the epoch, never less than before. */
  now(): number
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void
  /** Calls back once in the next event-loop turn, after the I/O that is ready now. */
  nextTurn(callback: () => void): void
}

/** Random ids: nothing about them can be guessed. */
export type NewId = () => string

/** One socket of a session, as a room sees it. Nothing here throws, and nothing here reaches back into the room. */
export interface Connection {
  readonly id: string
  /** Queues one encoded message for the next flush. `droppable`: may be left out when the reader is slow (casts only). */
  send(message: string, droppable?: boolean): void
  /** Sends what is queued, in frames of at most `limits.maxFrameBytes`. */
  flush(): void
  /** Says goodbye, then closes with the code's WebSocket close code. Later calls do nothing. */
  close(code: GoodbyeCode, reason: string, retryAfterMs?: number): void
  /** Sends what is queued and closes without a goodbye (1000): the client asked to leave. Later calls do nothing. */
  end(): void
}

/** What is counted. The labels are words of the code, never of a client. */
export interface Meter {
  /** `outcome`: `ok`, or the code it was refused with. */
  command(type: string, outcome: string): void
  /** A connection, message or request that was refused, by its code. */
  refusal(reason: string): void
  /** Starts a stopwatch for one turn of a room; call what it returns when the turn is done. */
  turn(): () => void
}

/** Where the server says what happens. Fields never hold tokens, descriptions, candidates or texts of people. */
export interface Journal {
  /** For who looks for a fault. */
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  /** What happens in the course of things. */
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  /** What somebody should look at some time. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  /** What somebody should look at now. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/**
 * A room's log could not take or give records. The turn is thrown away and answered `unavailable`.
 *
 * @example
 * ```ts
 * import { LogUnavailable, memoryLog, type RoomLog } from '@peerstage/server'
 *
 * const fullDisk: RoomLog = {
 *   ...memoryLog(),
 *   append: () => Promise.reject(new LogUnavailable('The disk is full.')),
 * }
 * ```
 */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
}

/** What a log gives back of an instance: a state to start from, or nothing where it knows no such room. */
export type LoadedRoom = { readonly instance: string; readonly records: readonly StoredRecord[] }

/** Where rooms are kept. One contract suite runs on every implementation. */
export interface RoomLog {
  /**
   * Appends records whose seqs go on from `expectedSeq` (the last one there). All or nothing.
   * @throws LogUnavailable when they could not be kept
   * @throws RangeError when `expectedSeq` is not the last seq: two writers, a fault in the caller
   */
  append(roomId: string, instance: string, expectedSeq: number, records: readonly StoredRecord[]): Promise<void>
  /** The events after `seq`; undefined when the replay window no longer reaches that far back. `secret` is left out. */
  since(roomId: string, instance: string, seq: number): Promise<readonly LoggedEvent<RoomEvent>[] | undefined>
  /** Forgets an instance that has closed. */
  forget(roomId: string, instance: string): Promise<void>
  /** Releases files and timers. Idempotent. */
  close(): Promise<void>
}

/** How far back a log must be able to replay: the least of the three. DESIGN: 1,000 events, 256 KiB, 2 min. */
export const REPLAY_WINDOW = { events: 1000, bytes: 256 * 1024, ms: 120_000 } as const
