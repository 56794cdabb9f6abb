// A school's app with a live room in it: the school's own login decides who may join, and with which role.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createPeerstageServer } from '@peerstage/server'
import cookieParser from 'cookie-parser'
import express from 'express'
import { countPages } from './page-count.js'
import { findUser, logIn } from './users.js'

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env
const { PEERSTAGE_SECRET = randomBytes(32), COOKIE_SECRET = randomBytes(32).toString('hex') } = process.env
const folder = fileURLToPath(new URL('.', import.meta.url))

const app = express()
// With Node's default of 60 s slow requests could hold sockets for long.
const server = createServer({ headersTimeout: 10_000 }, app)

// The room: sockets under /v1/rooms/ of the app's server, for pages of the app's origin.
const live = createPeerstageServer({ auth: { secret: PEERSTAGE_SECRET }, allowedOrigins: [ORIGIN] })
live.attach(server)

// The app: a login with a signed cookie, two pages, and its own WebSocket.
countPages(server)
app.use(cookieParser(COOKIE_SECRET))
app.use(express.static(`${folder}/public`))
app.get('/peerstage.js', (_, response) => {
  response.sendFile(fileURLToPath(import.meta.resolve('@peerstage/sdk/peerstage.js')))
})
app.get('/', (request, response) => {
  response.sendFile(userOf(request) ? 'room.html' : 'login.html', { root: `${folder}/pages` })
})
app.post('/login', express.urlencoded(), (request, response) => {
  const user = logIn(request.body?.name, request.body?.password)
  // With https add `secure: true`.
  if (user) response.cookie('user', user.id, { signed: true, httpOnly: true, sameSite: 'lax' })
  response.redirect(user ? '/' : '/#wrong')
})
app.post('/logout', (_, response) => {
  response.clearCookie('user').redirect('/')
})

// The connection between the two: a logged-in user gets a token with a name and a role that the app chooses.
app.get('/token', async (request, response) => {
  const user = userOf(request)
  if (!user) {
    response.status(401).json({ error: 'Log in first.' })
    return
  }
  const role = user.isTeacher ? 'host' : 'guest'
  const token = await live.tokens.sign({ room: 'class', identity: user.id, name: user.name, role })
  response.json({ token })
})

/** @param {express.Request} request */
function userOf(request) {
  return findUser(request.signedCookies.user)
}

server.listen(Number(PORT), () => console.log(`The school is open at ${ORIGIN}`))

// Tells the clients to come back later; their pages reconnect by themselves when the server is back.
process.once('SIGTERM', async () => {
  await live.close()
  process.exit()
})
