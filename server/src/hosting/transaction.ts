import type { EventLog } from '../ports/event-log'
import { LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { Meter } from '../ports/meter'
import type { DecideContext, NewId, RoomRules } from '../room/command'
import { encodeRecord, evolveState, toRecords } from '../room/fold'
import type { Draft } from '../room/ledger'
import type { Ban } from '../room/moderation-ledger'
import { ROOM_ENDED } from '../room/rejections'
import type { ServerState } from '../room/slices'
import type { Decided, StoredRecord } from '../room/state'
import { close, type Effect, sendEvent } from './effect'
import type { RoomInput } from './input'
import type { Waits } from './room-time'
import { connectionOf, type Seats } from './seats'

/** What a room is run with; the same for all its batches. */
export type RoomSettings = {
  readonly rules: RoomRules
  readonly newId: NewId
  readonly meter: Meter
  readonly logger: Logger
}

/** A batch in the making: a provisional room that is either committed whole or thrown away whole. */
export type Transaction = {
  readonly settings: RoomSettings
  /** By the room's own time. */
  readonly now: number
  /** Absences go by this: setting a clock removes no participant. */
  readonly elapsed: number
  /** When the room was loaded, by what had elapsed. */
  readonly loadedAt: number
  /** As they were before this batch. */
  readonly waits: Waits
  readonly seats: Seats
  /** Who was banned before this instance opened. */
  readonly bans: readonly Ban[]
  /** Absent until the room's first event. */
  state: ServerState | undefined
  /** What of `state` is of this batch alone. */
  readonly draft: Draft
  readonly records: StoredRecord[]
  /** The public part of each record as JSON. */
  readonly encoded: string[]
  readonly effects: Effect[]
  /** Inputs that came behind the room's end, for the instance that opens next. */
  readonly deferred: RoomInput[]
}

export const isClosed = (tx: Transaction): boolean => tx.state?.room.status === 'closed'

export const lastSeq = (tx: Transaction): number => tx.state?.room.seq ?? 0

export function contextOf(tx: Transaction, by: string | null, commandId?: number): DecideContext {
  const { rules, newId } = tx.settings
  const isDisconnected = (id: string) => connectionOf(tx.seats.get(id)) === undefined
  const { now, bans } = tx
  if (commandId === undefined) return { by, now, newId, rules, bans, isDisconnected }
  return { by, now, newId, rules, bans, isDisconnected, commandId }
}

/** Folds what was decided into the provisional state, and sends the events to all connections of the room. */
export function apply(tx: Transaction, decided: readonly Decided[]): void {
  for (const record of toRecords(tx.state, decided, tx.now)) {
    tx.state = evolveState(tx.state, record, tx.draft)
    const encoded = encodeRecord(record)
    tx.records.push(record)
    tx.encoded.push(encoded)
    tx.effects.push(sendEvent(tx.seats.connections(), encoded))
    releaseSeat(tx, record)
  }
}

/** `unavailable`: nothing was kept; `unknown`: the log may hold something else than this server. */
export type CommitResult = { readonly ok: true } | { readonly ok: false; readonly error: 'unavailable' | 'unknown' }

const COMMITTED: CommitResult = { ok: true }

/** Appends what a batch has decided, in one append. */
export async function commit(tx: Transaction, log: EventLog): Promise<CommitResult> {
  const { records, encoded, state, settings } = tx
  if (records.length === 0 || state === undefined) return COMMITTED
  const { id, instance } = state.room
  const expectedSeq = lastSeq(tx) - records.length
  try {
    await log.append({ roomId: id, instance, expectedSeq, records, encoded, state })
    return COMMITTED
  } catch (error) {
    if (error instanceof LogUnavailable) return { ok: false, error: 'unavailable' }
    settings.logger.error({ err: error, room: id, seq: expectedSeq }, 'a room and its log do not agree')
    return { ok: false, error: 'unknown' }
  }
}

/** A participant that an event takes out of the room loses its seat; a removed one is told why. */
function releaseSeat(tx: Transaction, { event }: StoredRecord): void {
  if (event.type === 'room.ended') {
    for (const connection of tx.seats.connections()) {
      tx.effects.push(close(connection, 'room_ended', ROOM_ENDED))
    }
    tx.seats.clear()
  } else if (event.type === 'participant.left') {
    const connection = connectionOf(tx.seats.get(event.participantId))
    tx.seats.remove(event.participantId)
    if (connection !== undefined && event.reason === 'removed') {
      tx.effects.push(close(connection, 'removed', 'You were removed from the room.'))
    }
  }
}
