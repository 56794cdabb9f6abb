import type { HttpBindings } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { REJECTIONS } from '../hosting/rejections'
import type { Logger } from '../ports/logger'
import { type ChatRoutesPorts, chatRoutes } from './chat-routes'
import { type IdentityRoutesPorts, identityRoutes } from './identity-routes'
import { createReject, problem } from './problem'
import { type RoomRoutesPorts, roomRoutes } from './room-routes'

/** The functions of the server that the routes use. */
export type RoutesPorts = RoomRoutesPorts &
  ChatRoutesPorts &
  IdentityRoutesPorts & {
    /** The state for `/readyz`: load balancers send clients only to a server that is ready. */
    readonly readiness: () => 'ready' | 'draining' | 'log_down'
    /** The metrics route of this port; undefined: none. */
    readonly metrics: Hono | undefined
    readonly logger: Logger
    /** The prefix of all paths; may be empty. */
    readonly basePath: string
    /** Whether pages of an origin may read REST answers; undefined: pages of any origin. */
    readonly mayRead: ((origin: string) => boolean) | undefined
    /** The routes of dev mode, with complete paths. */
    readonly extra?: Hono<{ Bindings: HttpBindings }>
  }

/** Health, metrics and REST. */
export function createRoutes(ports: RoutesPorts): Hono {
  const all = new Hono()
  all.use(securityHeaders)
  all.notFound((c) => problem(c, 404, 'not_found', 'There is nothing at this path.'))
  all.onError((error, c) => {
    ports.logger.error({ err: error, method: c.req.method }, 'a request failed')
    return createReject(ports.meter)(c, 500, 'internal', REJECTIONS.internal.message)
  })
  const app = all.basePath(ports.basePath)
  const { mayRead } = ports
  app.use('/v1/*', cors({ origin: mayRead === undefined ? '*' : (origin) => (mayRead(origin) ? origin : null) }))
  app.get('/livez', (c) => c.json({ status: 'live' }))
  app.get('/readyz', (c) => {
    const status = ports.readiness()
    return c.json({ status }, status === 'ready' ? 200 : 503)
  })
  if (ports.metrics !== undefined) app.route('/', ports.metrics)
  app.route('/', roomRoutes(ports))
  app.route('/', chatRoutes(ports))
  app.route('/', identityRoutes(ports))
  if (ports.extra !== undefined) all.route('/', ports.extra)
  return all
}

const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  c.header('cache-control', 'no-store')
  if (!c.res.headers.has('content-security-policy')) {
    c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  }
}
