import type { HttpBindings } from '@hono/node-server'
import { roomId } from '@peerstage/sdk/protocol'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import * as v from 'valibot'
import type { Journal } from '../hosting/ports'
import type { Rooms } from '../hosting/rooms'

/** What the routes ask of the rest of the server. */
export type RoutesParts = {
  readonly rooms: Pick<Rooms, 'open' | 'end' | 'stats'>
  /** False while the server drains: load balancers send nobody here then. */
  readonly isReady: () => boolean
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
  readonly journal: Journal
  /** Whether a bearer may look after a room: its host, or an admin. */
  readonly mayManage: (token: string, roomId: string) => Promise<boolean>
  readonly allowedOrigins: readonly string[] | undefined
  /** More routes: those of dev mode. */
  readonly extra?: Hono<{ Bindings: HttpBindings }>
}

/** Health, metrics and REST. */
export function createRoutes(parts: RoutesParts): Hono {
  const app = new Hono()
  app.use(securityHeaders)
  app.use('/v1/*', cors({ origin: parts.allowedOrigins === undefined ? '*' : [...parts.allowedOrigins] }))
  app.get('/livez', (c) => c.json({ status: 'live' }))
  app.get('/readyz', (c) => (parts.isReady() ? c.json({ status: 'ready' }) : c.json({ status: 'draining' }, 503)))
  app.get('/metrics', async (c) =>
    c.body(await parts.metrics.text(), 200, { 'content-type': parts.metrics.contentType }),
  )
  app.get('/v1/rooms/:id/stats', managed(parts), (c) => {
    const stats = parts.rooms.stats(c.req.param('id'))
    return stats === undefined ? absent(c) : c.json(stats)
  })
  app.put('/v1/rooms/:id', managed(parts), async (c) => {
    const outcome = await parts.rooms.open(c.req.param('id'))
    if (outcome === 'opened') return c.json({ open: true })
    if (outcome === 'ended')
      return problem(c, 409, 'room_ended', 'This room has just ended: its id is free in a minute.')
    return problem(c, 503, 'unavailable', 'Try again in a moment.')
  })
  app.post('/v1/rooms/:id/end', managed(parts), async (c) => {
    const outcome = await parts.rooms.end(c.req.param('id'))
    if (outcome === 'absent') return absent(c)
    return outcome === 'ended' ? c.json({ ended: true }) : problem(c, 503, 'unavailable', 'Try again in a moment.')
  })
  if (parts.extra !== undefined) app.route('/', parts.extra)
  app.notFound((c) => problem(c, 404, 'not_found', 'There is nothing at this path.'))
  app.onError((error, c) => {
    parts.journal.error({ err: error, method: c.req.method }, 'a request failed')
    return problem(c, 500, 'internal', 'Something went wrong in the server.')
  })
  return app
}

/** Lets hosts and admins through. A wrong token and a token without the right get the same words. */
function managed({ mayManage }: RoutesParts): MiddlewareHandler<Record<string, never>, '/v1/rooms/:id'> {
  return async (c, next) => {
    const id = c.req.param('id')
    if (!v.is(roomId, id)) return problem(c, 400, 'invalid', 'This is no room id.')
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (token !== undefined && (await mayManage(token, id))) return next()
    c.header('www-authenticate', 'Bearer')
    return problem(c, 401, 'unauthorized', "This needs a host's or an admin's token for this room.")
  }
}

const problem = (c: Context, status: 400 | 401 | 404 | 409 | 500 | 503, code: string, message: string) =>
  c.json({ error: { code, message } }, status)

const absent = (c: Context) => problem(c, 404, 'room_not_found', 'This room is not open.')

const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  c.header('cache-control', 'no-store')
  if (!c.res.headers.has('content-security-policy')) {
    c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  }
}
