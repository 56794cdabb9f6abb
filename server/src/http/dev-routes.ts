import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { type Role, role, roomId } from '@peerstage/sdk/protocol'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import * as v from 'valibot'

export type DevRoutesParts = {
  readonly signToken: (claims: { room: string; identity: string; role: Role; name?: string }) => Promise<string>
  /** Pages of which origins may fetch tokens: an app's own dev server runs on another port. */
  readonly mayRead: (origin: string) => boolean
  /** Folder of static files to serve at `/`; without one only the token endpoint is there. */
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

/** The page may load its own files, show cameras, and open sockets; nothing foreign runs in it. */
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

const tokenQuery = v.object({
  room: roomId,
  identity: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  name: v.optional(v.pipe(v.string(), v.maxLength(256))),
  role: v.optional(role, 'viewer'),
})

/** What dev mode adds: tokens for whoever asks, and the example page. */
export function devRoutes({ signToken, mayRead, demoFolder }: DevRoutesParts): Hono {
  const app = new Hono()
  app.use('/dev/*', cors({ origin: (origin) => (mayRead(origin) ? origin : null) }))
  app.get('/dev/token', async (c) => {
    const query = v.safeParse(tokenQuery, c.req.query())
    if (!query.success) {
      const message = 'Give room and identity, and if you like name and role (host, cohost, guest, viewer).'
      return c.json({ error: { code: 'invalid', message } }, 400)
    }
    const { room, identity, name, role } = query.output
    return c.json({ token: await signToken({ room, identity, role, ...(name === undefined ? {} : { name }) }) })
  })
  if (demoFolder === undefined) return app
  const files = listed(demoFolder)
  app.get('*', async (c, next) => {
    const file = (await files).get(c.req.path === '/' ? '/index.html' : c.req.path)
    if (file === undefined) return next()
    const type = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream'
    return c.body(new Uint8Array(await readFile(file)), 200, {
      'content-type': type,
      'content-security-policy': PAGE_POLICY,
    })
  })
  return app
}

/** The files of a folder by their URL path. Nothing outside this list is served, so no path can climb out of it. */
async function listed(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]))
}
