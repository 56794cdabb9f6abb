import { LogUnavailable, type RoomLog } from '../ports/log'
import { type Draft, lastSeq } from './transaction'

/** ONE append for a batch. `unavailable`: nothing was kept; `unknown`: the log holds something else than we do, or may do so. */
export async function keep(draft: Draft, log: RoomLog): Promise<'kept' | 'unavailable' | 'unknown'> {
  const { records, state, settings } = draft
  if (records.length === 0 || state === undefined) return 'kept'
  const { id, instance } = state.room
  const expectedSeq = lastSeq(draft) - records.length
  try {
    await log.append({ roomId: id, instance, expectedSeq, records, state })
    return 'kept'
  } catch (error) {
    if (error instanceof LogUnavailable) return 'unavailable'
    settings.logger.error({ err: error, room: id, seq: expectedSeq }, 'a room and its log do not agree')
    return 'unknown'
  }
}
