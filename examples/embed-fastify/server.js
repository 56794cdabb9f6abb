// A school's app with a live room in it: the school's own login decides who comes in, and as what.
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

// Node's own 60 s would let slow requests hold sockets for long.
const app = Fastify({ http: { headersTimeout: 10_000 } })

// The room: sockets under /v1/rooms/ of the app's own server, for pages of the app's own origin.
const live = createPeerstageServer({ auth: { secret: PEERSTAGE_SECRET }, allowedOrigins: [ORIGIN] })
live.attach(app.server)

// The app: a login by a signed cookie, two pages, and a WebSocket of its own.
countPages(app.server)
await app.register(cookie, { secret: COOKIE_SECRET })
await app.register(formBody)
await app.register(files, { root: `${folder}/public` })
app.get('/peerstage.js', (_, reply) => reply.sendFile('peerstage.js', sdkFolder))
app.get('/', (request, reply) => reply.sendFile(userOf(request) ? 'room.html' : 'login.html', `${folder}/pages`))
app.post('/login', (request, reply) => {
  const { name, password } = /** @type {Record<string, unknown>} */ (request.body ?? {})
  const user = logIn(name, password)
  // Over https add `secure: true`.
  if (user) reply.setCookie('user', user.id, { signed: true, httpOnly: true, sameSite: 'lax' })
  return reply.redirect(user ? '/' : '/#wrong')
})
app.post('/logout', (_, reply) => reply.clearCookie('user').redirect('/'))

// Where the two meet: whoever is logged in gets a token, and with it a name and a role of the app's choice.
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

// Says goodbye to the people in the room, whose pages then come back by themselves once the server does.
process.once('SIGTERM', async () => {
  await live.close()
  process.exit()
})
