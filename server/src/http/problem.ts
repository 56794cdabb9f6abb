import { roomId } from '@peerstage/sdk/protocol'
import type { Context } from 'hono'
import * as v from 'valibot'
import type { InternalDetail, Meter } from '../ports/meter'
import type { RejectionReason } from '../ports/rejection-reason'

/** The answer of a failed request: a code for programs, a sentence for people. */
export const problem = (c: Context, status: 400 | 401 | 403 | 404 | 409 | 500 | 503, code: string, message: string) =>
  c.json({ error: { code, message } }, status)

/** Answers a rejected request and counts it. A 404 for a missing resource is not counted. */
export type Reject = (
  c: Context,
  status: 400 | 401 | 403 | 409 | 500 | 503,
  code: RejectionReason,
  sentence: string,
  detail?: InternalDetail,
) => Response

export type RejectionMeter = Pick<Meter, 'rejection'>

export function createReject(meter: RejectionMeter): Reject {
  return (c, status, code, sentence, { why = code, ...fault } = {}) => {
    const id = c.req.param('id')
    meter.rejection(why, { ...(v.is(roomId, id) ? { room: id } : {}), sentence, ...fault })
    return problem(c, status, code, sentence)
  }
}

export const UNAVAILABLE = [503, 'unavailable', 'Try again in a moment.'] as const
