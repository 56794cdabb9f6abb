import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'

/** For `http.createServer(listener)`, and for `app.use(listener)` of Express, which passes `next`. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** The host of requests without one, such as health checks with HTTP/1.0. The name is reserved (RFC 6761), so no page has this origin. */
const NAMELESS = 'nameless.invalid'

/**
 * Makes a listener of Hono's routes. All paths under `roomsPath` belong to them. With `next`, other paths are left to the app. The router decides
 * which paths match.
 */
export function createListener(routes: Hono, roomsPath?: string): RequestListener {
  // Does not replace the global Request and Response of the app.
  const answer = getRequestListener(routes.fetch, { overrideGlobalObjects: false, hostname: NAMELESS })
  return (request, response, next) => {
    if (next !== undefined && !isOurs(routes, roomsPath, request)) next()
    else void answer(request, response)
  }
}

function isOurs(routes: Hono, roomsPath: string | undefined, { url = '/', method = 'GET' }: IncomingMessage): boolean {
  const path = url.split('?', 1)[0] ?? '/'
  if (roomsPath !== undefined && path.startsWith(roomsPath)) return true
  // Middleware matches many paths. A path is ours only if a route other than middleware matches.
  const [matches] = routes.router.match(method === 'HEAD' ? 'GET' : method, path)
  return matches.some(([[, route]]) => route.method !== 'ALL')
}
