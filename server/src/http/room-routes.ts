import { type Context, Hono } from 'hono'
import type { Erasure } from '../hosting/erasure'
import type { Rooms } from '../hosting/rooms'
import { createReject, problem, type RejectionMeter, UNAVAILABLE } from './problem'
import { requireAccess } from './require-access'
import type { RestAccess } from './rest-access'

export type RoomRoutesPorts = RestAccess & {
  readonly rooms: Pick<Rooms, 'open' | 'end' | 'stats'>
  readonly erasure: Pick<Erasure, 'room'>
  readonly meter: RejectionMeter
}

/** `/v1/rooms/:id`: reads statistics of a room, opens, ends and erases it. */
export function roomRoutes({ rooms, erasure, mayManage, mayAdminister, meter }: RoomRoutesPorts): Hono {
  const app = new Hono()
  const reject = createReject(meter)
  const managed = requireAccess(mayManage, { reject, needed: "a host's or an admin's token for this room" })
  const administered = requireAccess(mayAdminister, { reject, needed: "an admin's token for this room" })
  app.get('/v1/rooms/:id/stats', managed, (c) => {
    const stats = rooms.stats(c.req.param('id'))
    return stats === undefined ? absent(c) : c.json(stats)
  })
  app.put('/v1/rooms/:id', managed, async (c) => {
    const outcome = await rooms.open(c.req.param('id'))
    if (outcome === 'opened') return c.json({ open: true })
    if (outcome === 'unavailable') return reject(c, ...UNAVAILABLE)
    return reject(c, 409, 'room_ended', 'This room has just ended: its id can be used again in a minute.')
  })
  app.post('/v1/rooms/:id/end', managed, async (c) => {
    const outcome = await rooms.end(c.req.param('id'))
    if (outcome === 'absent') return absent(c)
    return outcome === 'ended' ? c.json({ ended: true }) : reject(c, ...UNAVAILABLE)
  })
  app.delete('/v1/rooms/:id', administered, async (c) =>
    (await erasure.room(c.req.param('id'))) === 'erased' ? c.json({ erased: true }) : reject(c, ...UNAVAILABLE),
  )
  return app
}

const absent = (c: Context) => problem(c, 404, 'room_not_found', 'This room is not open.')
