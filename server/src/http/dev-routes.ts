import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { HttpBindings } from '@hono/node-server'
import { countCharacters, type Role, role, roomId } from '@peerstage/sdk/protocol'
import { type Handler, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import * as v from 'valibot'
import { createReject, type Reject, type RejectionMeter } from './problem'

export type DevRoutesPorts = {
  readonly signToken: (claims: { room: string; identity: string; role: Role; name?: string }) => Promise<string>
  /** Whether a request comes from this machine. Other requests are rejected, because an app may listen on all addresses. */
  readonly isLocal: (request: HttpBindings['incoming']) => boolean
  /** Whether pages of an origin may fetch tokens, because the dev server of an app runs on another port. */
  readonly mayRead: (origin: string) => boolean
  readonly meter: RejectionMeter
  /** The prefix of all paths; may be empty. */
  readonly basePath: string
  /** The folder of static files to serve at `/`. Default: none, only the token endpoint. */
  readonly demoFolder?: string
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
}

/** The page may load its own files, show cameras, and open sockets. Code of other origins cannot run in it. */
const PAGE_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

const text = v.pipe(
  v.string(),
  v.check((each) => countCharacters(each) <= 256),
)

const tokenQuery = v.object({
  room: roomId,
  identity: v.pipe(text, v.minLength(1)),
  name: v.optional(text),
  role: v.optional(role, 'viewer'),
})

type Bound = { Bindings: HttpBindings }

/** The routes of dev mode, for requests from this machine only: a token endpoint without authentication, and the example page. */
export function devRoutes(ports: DevRoutesPorts): Hono<Bound> {
  const { signToken, isLocal, mayRead, meter, basePath, demoFolder } = ports
  const app = new Hono<Bound>()
  const reject = createReject(meter)
  const local = onlyIf(isLocal, reject)
  app.use(`${basePath}/dev/*`, cors({ origin: (origin) => (mayRead(origin) ? origin : null) }))
  app.get(`${basePath}/dev/token`, local, async (c) => {
    const query = v.safeParse(tokenQuery, c.req.query())
    if (!query.success) {
      const message = 'Give room and identity, and optionally name and role (host, cohost, guest, viewer).'
      return reject(c, 400, 'invalid', message)
    }
    const { room, identity, name, role } = query.output
    return c.json({ token: await signToken({ room, identity, role, ...(name === undefined ? {} : { name }) }) })
  })
  // One route per file, so that all other paths stay with the app.
  for (const [path, file] of demoFolder === undefined ? [] : listed(demoFolder)) {
    const served = serving(file)
    app.get(`${basePath}${path}`, local, served)
    if (path === '/index.html') app.get(`${basePath}/`, local, served)
  }
  // The page uses relative paths for its files and the token endpoint, so its URL must end with a slash.
  if (basePath !== '') app.get(basePath, (c) => c.redirect(`${basePath}/${new URL(c.req.url).search}`))
  return app
}

/** Rejects requests that do not come from this machine. */
function onlyIf(isLocal: DevRoutesPorts['isLocal'], reject: Reject): MiddlewareHandler<Bound> {
  return async (c, next) => {
    if (isLocal(c.env.incoming)) return next()
    const message = 'Dev mode serves only the machine that it runs on, under the name localhost.'
    return reject(c, 403, 'forbidden', message)
  }
}

function serving(file: string): Handler {
  const type = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream'
  const headers = { 'content-type': type, 'content-security-policy': PAGE_POLICY }
  return async (c) => c.body(new Uint8Array(await readFile(file)), 200, headers)
}

/** The files of a folder by their URL path. Only these are served, so no path can leave the folder. */
function listed(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]))
}
