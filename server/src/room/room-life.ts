import type { Accepted, InternalCommand } from './command'
import type { InternalHandlers } from './handler'
import { type BaseLedger, type LedgerParts, type LedgerRecord, plainPart } from './ledger'
import type { Slice } from './slice'
import type { RoomState } from './state'

const internal: InternalHandlers<'room.end'> = {
  'room.end': (state, { reason }, { by }) => endRoom(state, reason, by),
}

const ledger: LedgerParts<Pick<BaseLedger, 'emptySince' | 'ended'>> = {
  emptySince: plainPart<BaseLedger['emptySince']>(null, (before, { at }, present) =>
    present > 0 ? null : (before ?? at),
  ),
  ended: plainPart<BaseLedger['ended']>(null, (before, { event }) =>
    event.type === 'room.ended' ? event.reason : before,
  ),
}

/** Whether the room goes on. */
export const roomLifeSlice = {
  internal,
  ledger,
  project: ({ event }: LedgerRecord) =>
    event.type === 'room.ended' && event.reason === 'ended' ? { isEnd: true } : {},
} satisfies Slice

type Reason = Extract<InternalCommand, { type: 'room.end' }>['reason']

/** The room ends. An empty room ends only if it is still empty: a participant may have joined before this was decided. */
export function endRoom({ room }: RoomState, reason: Reason, by: string | null): Accepted {
  if (reason === 'empty' && room.participants.length > 0) return { ok: true, events: [] }
  return { ok: true, events: [{ event: { type: 'room.ended', reason }, by }] }
}
