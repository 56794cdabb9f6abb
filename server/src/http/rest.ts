import { type ChatHistoryResult, countCharacters, MAX_IDENTITY_CHARACTERS } from '@peerstage/sdk/protocol'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { CURSOR_GONE, HISTORY_DEFAULT } from '../hosting/chat-page'
import type { Erasure } from '../hosting/erasure'
import type { Rooms } from '../hosting/rooms'
import { type HistoryQuery, LogUnavailable } from '../ports/log'
import { createReject, problem, type RefusalMeter, type Reject, UNAVAILABLE } from './problem'
import { type AccessResult, type CheckAccess, rejectionOf, requireAccess } from './require-access'

export type RestPorts = {
  readonly rooms: Pick<Rooms, 'open' | 'end' | 'stats'>
  readonly erasure: Pick<Erasure, 'room' | 'identity'>
  /** Messages of a room id, of all its instances that are kept; undefined where `before` is none of them. Rejects with a LogUnavailable. */
  readonly chat: (roomId: string, query: HistoryQuery) => Promise<ChatHistoryResult | undefined>
  /** Whether a bearer may look after a room: its host, or an admin. */
  readonly mayManage: CheckAccess
  /** Whether a bearer is an admin of a room; without a room, of all. */
  readonly mayAdminister: (token: string, roomId?: string) => Promise<AccessResult>
  readonly meter: RefusalMeter
}

const chatQuery = v.object({
  before: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    String(HISTORY_DEFAULT),
  ),
})

/** What a backend asks for over HTTP. */
export function restRoutes(parts: RestPorts): Hono {
  const app = new Hono()
  const reject = createReject(parts.meter)
  addRooms(app, parts, reject)
  addRecords(app, parts, reject)
  return app
}

function addRooms(app: Hono, { rooms, mayManage }: RestPorts, reject: Reject): void {
  const managed = requireAccess(mayManage, { reject, needed: "a host's or an admin's token for this room" })
  app.get('/v1/rooms/:id/stats', managed, (c) => {
    const stats = rooms.stats(c.req.param('id'))
    return stats === undefined ? absent(c) : c.json(stats)
  })
  app.put('/v1/rooms/:id', managed, async (c) => {
    const outcome = await rooms.open(c.req.param('id'))
    if (outcome === 'opened') return c.json({ open: true })
    if (outcome === 'ended')
      return reject(c, 409, 'room_ended', 'This room has just ended: its id is free in a minute.')
    return reject(c, ...UNAVAILABLE)
  })
  app.post('/v1/rooms/:id/end', managed, async (c) => {
    const outcome = await rooms.end(c.req.param('id'))
    if (outcome === 'absent') return absent(c)
    return outcome === 'ended' ? c.json({ ended: true }) : reject(c, ...UNAVAILABLE)
  })
}

function addRecords(app: Hono, { erasure, chat, mayAdminister }: RestPorts, reject: Reject): void {
  const administered = requireAccess(mayAdminister, { reject, needed: "an admin's token for this room" })
  app.get('/v1/rooms/:id/chat', administered, async (c) => {
    const query = v.safeParse(chatQuery, c.req.query())
    if (!query.success) return reject(c, 400, 'invalid', 'limit is a number from 1 to 100, before the id of a message.')
    const { before, limit } = query.output
    try {
      const page = await chat(c.req.param('id'), before === undefined ? { limit } : { limit, before })
      return page === undefined ? problem(c, 404, CURSOR_GONE.code, CURSOR_GONE.message) : c.json(page)
    } catch (error) {
      if (error instanceof LogUnavailable) return reject(c, ...UNAVAILABLE)
      throw error
    }
  })
  app.delete('/v1/rooms/:id', administered, async (c) =>
    (await erasure.room(c.req.param('id'))) === 'erased' ? c.json({ erased: true }) : reject(c, ...UNAVAILABLE),
  )
  app.delete('/v1/identities/:identity', async (c) => {
    const gate = { reject, needed: "an admin's token for all rooms" }
    const rejection = await rejectionOf(c, (token) => mayAdminister(token), gate)
    if (rejection !== undefined) return rejection
    const identity = lastSegment(c.req.url)
    if (identity === undefined) {
      const most = MAX_IDENTITY_CHARACTERS
      return reject(c, 400, 'invalid', `An identity is a text of 1 to ${most} characters, percent-encoded as UTF-8.`)
    }
    const messages = await erasure.identity(identity)
    return messages === 'unavailable' ? reject(c, ...UNAVAILABLE) : c.json({ messages })
  })
}

const absent = (c: Context) => problem(c, 404, 'room_not_found', 'This room is not open.')

/** An identity may hold any character, those that routes are made of too, so it is read from the path as it came. */
function lastSegment(url: string): string | undefined {
  try {
    const text = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '')
    return text !== '' && countCharacters(text) <= MAX_IDENTITY_CHARACTERS ? text : undefined
  } catch {
    return undefined
  }
}
