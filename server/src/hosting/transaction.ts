import type { LoggedEvent } from '@peerstage/sdk/protocol'
import type { Logger } from '../ports/logger'
import type { Meter } from '../ports/meter'
import type { DecideContext, NewId, RoomRules } from '../room/command'
import { type Ban, evolveState, toRecords } from '../room/index'
import type { Decided, ServerState, StoredRecord } from '../room/state'
import { close, type Effect, send } from './effect'
import type { RoomInput } from './input'
import { connectionOf, type Seats } from './seats'
import type { Waits } from './waits'

/** What a room is run with; the same for all its batches. */
export type RoomSettings = {
  readonly rules: RoomRules
  readonly newId: NewId
  readonly meter: Meter
  readonly logger: Logger
}

/** A batch in the making: a provisional room that is either kept whole or thrown away whole. */
export type Draft = {
  readonly settings: RoomSettings
  /** By the room's own time. */
  readonly now: number
  /** Absences go by this: a clock that is set sends no participant away. */
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
  readonly records: StoredRecord[]
  readonly effects: Effect[]
  /** What came behind the room's end, for whichever instance opens next. */
  readonly leftover: RoomInput[]
}

export const isClosed = (draft: Draft): boolean => draft.state?.room.status === 'closed'

export const lastSeq = (draft: Draft): number => draft.state?.room.seq ?? 0

export function contextOf(draft: Draft, by: string | null, commandId?: number): DecideContext {
  const { rules, newId } = draft.settings
  const isAway = (id: string) => connectionOf(draft.seats.get(id)) === undefined
  const context = { by, now: draft.now, newId, rules, bans: draft.bans, isAway }
  return commandId === undefined ? context : { ...context, commandId }
}

/** Folds what was decided into the draft, and lets everybody who is seated hear of it. */
export function apply(draft: Draft, decided: readonly Decided[]): void {
  for (const record of toRecords(draft.state, decided, draft.now)) {
    draft.state = evolveState(draft.state, record)
    draft.records.push(record)
    draft.effects.push(send(draft.seats.connections(), { type: 'event', logged: publicPart(record) }))
    unseat(draft, record)
  }
}

/** A record without what never leaves the server. */
export const publicPart = ({ seq, at, by, event }: StoredRecord): LoggedEvent => ({ seq, at, by, event })

/** A participant that is gone by an event has no seat any more; a removed one is told why. */
function unseat(draft: Draft, { event }: StoredRecord): void {
  if (event.type === 'room.ended') {
    for (const connection of draft.seats.connections()) {
      draft.effects.push(close(connection, 'room_ended', 'The room has ended.'))
    }
    draft.seats.clear()
  } else if (event.type === 'participant.left') {
    const connection = connectionOf(draft.seats.get(event.participantId))
    draft.seats.remove(event.participantId)
    if (connection !== undefined && event.reason === 'removed') {
      draft.effects.push(close(connection, 'removed', 'You were removed from the room.'))
    }
  }
}
