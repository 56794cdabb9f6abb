import type { Clock } from '../ports/clock'
import type { Logger } from '../ports/logger'
import type { AuditContext, Meter } from '../ports/meter'
import type { RejectionReason } from '../ports/rejection-reason'

/** Lines a minute for each reason, so that a flood of rejections does not fill the disk. Metrics count all of them. */
export const LINES_A_MINUTE = 10
const MINUTE_MS = 60_000

type Minute = { readonly since: number; lines: number; unlogged: number }

/** A meter that also writes rejections to the audit log: reason, connection and room, but never the content of messages. */
export function audited(meter: Meter, logger: Logger, clock: Pick<Clock, 'elapsed'>): Meter {
  const minutes = new Map<RejectionReason, Minute>()
  return {
    ...meter,
    rejection(reason, about = {}) {
      meter.rejection(reason, about)
      const unlogged = place(minutes, reason, clock.elapsed())
      if (unlogged !== undefined) logger.info(lineOf(reason, about, unlogged), messageOf(about))
    },
  }
}

/** The number of rejections since the last line of this reason that got no line; undefined if this one gets none either. */
function place(minutes: Map<RejectionReason, Minute>, reason: RejectionReason, now: number): number | undefined {
  const last = minutes.get(reason)
  const minute = last !== undefined && now - last.since < MINUTE_MS ? last : { since: now, lines: 0, unlogged: 0 }
  minutes.set(reason, minute)
  if (minute.lines >= LINES_A_MINUTE) {
    minute.unlogged++
    return undefined
  }
  minute.lines++
  return minute === last ? 0 : (last?.unlogged ?? 0)
}

function lineOf(reason: RejectionReason, about: AuditContext, unlogged: number): Readonly<Record<string, unknown>> {
  return { audit: true, reason, ...about, ...(unlogged === 0 ? {} : { unlogged }) }
}

/** The text of the line. Only rejections of connections and requests have a sentence. */
function messageOf({ sentence, connection }: AuditContext): string {
  if (sentence === undefined) return 'something was rejected'
  return connection === undefined ? 'a request was rejected' : 'a connection was rejected'
}
