// A school's app with a live room in it: the school's own login decides who may join, and with which role.
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import formBody from '@fastify/formbody'
import files from '@fastify/static'
import { createPeerstageServer } from '@peerstage/server'
import Fastify from 'fastify'
import { countPages } from './page-count.js'
import { findUser, logIn } from './users.js'

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env
const { PEERSTAGE_SECRET = randomBytes(32), COOKIE_SECRET = randomBytes(32).toString('hex') } = process.env
const folder = fileURLToPath(new URL('.', import.meta.url))
const sdkFolder = dirname(fileURLToPath(import.meta.resolve('@peerstage/sdk/peerstage.js')))

// With Node's default of 60 s slow requests could hold sockets for long.
const app = Fastify({ http: { headersTimeout: 10_000 } })

// The room: sockets under /v1/rooms/ of the app's server, for pages of the app's origin.
const live = createPeerstageServer({ auth: { secret: PEERSTAGE_SECRET }, allowedOrigins: [ORIGIN] })
live.attach(app.server)

// The app: a login with a signed cookie, two pages, and its own WebSocket.
countPages(app.server)
await app.register(cookie, { secret: COOKIE_SECRET })
await app.register(formBody)
await app.register(files, { root: `${folder}/public` })
app.get('/peerstage.js', (_, reply) => reply.sendFile('peerstage.js', sdkFolder))
app.get('/', (request, reply) => reply.sendFile(userOf(request) ? 'room.html' : 'login.html', `${folder}/pages`))
app.post('/login', (request, reply) => {
  const { name, password } = /** @type {Record<string, unknown>} */ (request.body ?? {})
  const user = logIn(name, password)
  // With https add `secure: true`.
  if (user) reply.setCookie('user', user.id, { signed: true, httpOnly: true, sameSite: 'lax' })
  return reply.redirect(user ? '/' : '/#wrong')
})
app.post('/logout', (_, reply) => reply.clearCookie('user').redirect('/'))

// The connection between the two: a logged-in user gets a token with a name and a role that the app chooses.
app.get('/token', async (request, reply) => {
  const user = userOf(request)
  if (!user) return reply.code(401).send({ error: 'Log in first.' })
  const role = user.isTeacher ? 'host' : 'guest'
  return { token: await live.tokens.sign({ room: 'class', identity: user.id, name: user.name, role }) }
})

/** @param {import('fastify').FastifyRequest} request */
function userOf({ cookies, unsignCookie }) {
  return findUser(unsignCookie(cookies.user ?? '').value)
}

await app.listen({ port: Number(PORT) })
console.log(`The school is open at ${ORIGIN}`)

// Tells the clients to come back later; their pages reconnect by themselves when the server is back.
process.once('SIGTERM', async () => {
  await live.close()
  process.exit()
})
