import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'

/** For `http.createServer(listener)`, and for `app.use(listener)` of Express, which gives `next`. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** For requests without a host, such as health checks with HTTP/1.0. The name is reserved (RFC 6761), so it is no origin of ours. */
const NAMELESS = 'nameless.invalid'

/**
 * Hono's routes as a listener; all paths under `roomsPath` are theirs. With a `next` at hand, a path that is none of ours is left to the app: which ones are,
 * only the routes know, so they are asked.
 */
export function createListener(routes: Hono, roomsPath?: string): RequestListener {
  // The app around us keeps its own global Request and Response.
  const answer = getRequestListener(routes.fetch, { overrideGlobalObjects: false, hostname: NAMELESS })
  return (request, response, next) => {
    if (next !== undefined && !isOurs(routes, roomsPath, request)) next()
    else void answer(request, response)
  }
}

function isOurs(routes: Hono, roomsPath: string | undefined, { url = '/', method = 'GET' }: IncomingMessage): boolean {
  const path = url.split('?', 1)[0] ?? '/'
  if (roomsPath !== undefined && path.startsWith(roomsPath)) return true
  // Middleware matches by pattern: only a route that answers makes a path ours.
  const [matches] = routes.router.match(method === 'HEAD' ? 'GET' : method, path)
  return matches.some(([[, route]]) => route.method !== 'ALL')
}
