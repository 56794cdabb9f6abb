import type { HttpBindings } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Logger } from '../ports/logger'
import { createReject, problem } from './problem'
import { type RestPorts, restRoutes } from './rest'

/** What the routes ask of the rest of the server. */
export type RoutesPorts = RestPorts & {
  /** Load balancers send clients here only while it is ready. */
  readonly readiness: () => 'ready' | 'draining' | 'log_down'
  /** Where metrics are read on this port; undefined: nowhere. */
  readonly metrics: Hono | undefined
  readonly logger: Logger
  /** What all paths are below; empty: at the top. */
  readonly basePath: string
  /** Pages of which origins may read REST; undefined: of any. */
  readonly mayRead: ((origin: string) => boolean) | undefined
  /** More routes, by their whole paths: those of dev mode. */
  readonly extra?: Hono<{ Bindings: HttpBindings }>
}

/** Health, metrics and REST. */
export function createRoutes(parts: RoutesPorts): Hono {
  const all = new Hono()
  all.use(securityHeaders)
  all.notFound((c) => problem(c, 404, 'not_found', 'There is nothing at this path.'))
  all.onError((error, c) => {
    parts.logger.error({ err: error, method: c.req.method }, 'a request failed')
    return createReject(parts.meter)(c, 500, 'internal', 'Something went wrong in the server.')
  })
  const app = all.basePath(parts.basePath)
  const { mayRead } = parts
  app.use('/v1/*', cors({ origin: mayRead === undefined ? '*' : (origin) => (mayRead(origin) ? origin : null) }))
  app.get('/livez', (c) => c.json({ status: 'live' }))
  app.get('/readyz', (c) => {
    const status = parts.readiness()
    return c.json({ status }, status === 'ready' ? 200 : 503)
  })
  if (parts.metrics !== undefined) app.route('/', parts.metrics)
  app.route('/', restRoutes(parts))
  if (parts.extra !== undefined) all.route('/', parts.extra)
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
