import type { ChatHistoryResult } from '@peerstage/sdk/protocol'
import { Hono } from 'hono'
import * as v from 'valibot'
import { CURSOR_GONE, HISTORY_DEFAULT } from '../hosting/chat-page'
import type { HistoryQuery } from '../ports/chat-archive'
import { LogUnavailable } from '../ports/log-unavailable'
import { createReject, problem, type RejectionMeter, UNAVAILABLE } from './problem'
import { requireAccess } from './require-access'
import type { RestAccess } from './rest-access'

export type ChatRoutesPorts = Pick<RestAccess, 'mayAdminister'> & {
  /** The stored messages of a room id, of all its instances; undefined when `before` is not one of them. Rejects with a LogUnavailable. */
  readonly chat: (roomId: string, query: HistoryQuery) => Promise<ChatHistoryResult | undefined>
  readonly meter: RejectionMeter
}

const chatQuery = v.object({
  before: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    String(HISTORY_DEFAULT),
  ),
})

/** `/v1/rooms/:id/chat`: the stored messages, in pages. */
export function chatRoutes({ chat, mayAdminister, meter }: ChatRoutesPorts): Hono {
  const app = new Hono()
  const reject = createReject(meter)
  const administered = requireAccess(mayAdminister, { reject, needed: "an admin's token for this room" })
  app.get('/v1/rooms/:id/chat', administered, async (c) => {
    const query = v.safeParse(chatQuery, c.req.query())
    if (!query.success)
      return reject(c, 400, 'invalid', 'limit must be a number from 1 to 100, before the id of a message.')
    const { before, limit } = query.output
    try {
      const page = await chat(c.req.param('id'), before === undefined ? { limit } : { limit, before })
      return page === undefined ? problem(c, 404, CURSOR_GONE.code, CURSOR_GONE.message) : c.json(page)
    } catch (error) {
      if (error instanceof LogUnavailable) return reject(c, ...UNAVAILABLE)
      throw error
    }
  })
  return app
}
