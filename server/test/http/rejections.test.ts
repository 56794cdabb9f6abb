import { get } from 'node:http'
import { expect, test } from 'vitest'
import type { PeerstageServerOptions } from '../../src/index'
import { LINES_A_MINUTE } from '../../src/logging/audit'
import { capturedLog } from '../harness/captured-log'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { jwksEndpoint } from '../harness/jwks-endpoint'
import { runServer } from '../harness/running-server'
import { allRejections, rejections } from '../harness/scrape'
import { signedBy, signingPair } from '../harness/signing-keys'

type Claims = { room?: string; role?: 'host' | 'guest'; admin?: boolean }

/** A server, its log, and a backend's requests. Tokens are those of a host of the hall, unless they are to be others. */
async function backend(options: PeerstageServerOptions = {}) {
  const captured = capturedLog()
  const running = await runServer({ logger: captured.logger, ...options })
  const token = (claims: Claims = {}) =>
    running.server.tokens.sign({ room: 'hall', identity: 'boss', role: 'host', ...claims })
  const ask = async (path: string, bearer?: string, method = 'GET') => {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
    return (await fetch(`${running.url}${path}`, { method, headers })).status
  }
  return { ...running, captured, token, ask }
}

type Backend = Awaited<ReturnType<typeof backend>>
type Case = [what: string, ask: (there: Backend) => Promise<number>, status: number, line: object]

const STATS = '/v1/rooms/hall/stats'
const HOSTS = "This needs a host's or an admin's token for this room."
const ADMINS = "This needs an admin's token for this room."

const CASES: Case[] = [
  [
    'no token',
    ({ ask }) => ask(STATS),
    401,
    { reason: 'unauthorized', room: 'hall', sentence: HOSTS, fault: 'no bearer token' },
  ],
  [
    'a forged token',
    async ({ ask, token }) => ask(STATS, `${await token()}x`),
    401,
    { reason: 'unauthorized', room: 'hall', sentence: HOSTS, fault: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' },
  ],
  [
    'what is no token',
    ({ ask }) => ask('/v1/rooms/hall', 'nonsense', 'DELETE'),
    401,
    { reason: 'unauthorized', room: 'hall', sentence: ADMINS, fault: 'ERR_JWS_INVALID' },
  ],
  [
    'a token for another room',
    async ({ ask, token }) => ask(STATS, await token({ room: 'other' })),
    401,
    { reason: 'forbidden', room: 'hall', sentence: HOSTS },
  ],
  [
    'a guest who would end the room',
    async ({ ask, token }) => ask('/v1/rooms/hall/end', await token({ role: 'guest' }), 'POST'),
    401,
    { reason: 'forbidden', room: 'hall', sentence: HOSTS },
  ],
  [
    'a host who would read what is kept',
    async ({ ask, token }) => ask('/v1/rooms/hall/chat', await token()),
    401,
    { reason: 'forbidden', room: 'hall', sentence: ADMINS },
  ],
  [
    'an admin of one room who would erase an identity',
    async ({ ask, token }) => ask('/v1/identities/ada', await token({ admin: true }), 'DELETE'),
    401,
    { reason: 'forbidden', sentence: "This needs an admin's token for all rooms." },
  ],
  [
    'what is no room id',
    async ({ ask, token }) => ask('/v1/rooms/a%20secret/stats', await token()),
    400,
    { reason: 'invalid', sentence: 'This is not a valid room id.' },
  ],
  [
    'a query that is none',
    async ({ ask, token }) => ask('/v1/rooms/hall/chat?limit=secret', await token({ admin: true })),
    400,
    { reason: 'invalid', room: 'hall', sentence: expect.stringContaining('limit must be a number') },
  ],
  [
    'what is no identity',
    async ({ ask, token }) => ask('/v1/identities/%ff', await token({ room: '*', admin: true }), 'DELETE'),
    400,
    { reason: 'invalid', sentence: expect.stringContaining('An identity is a text') },
  ],
  [
    'the id of a room that has just ended',
    async ({ ask, token, server }) => {
      await server.rooms.open('hall')
      await server.rooms.end('hall')
      return ask('/v1/rooms/hall', await token({ admin: true }), 'PUT')
    },
    409,
    { reason: 'room_ended', room: 'hall', sentence: expect.stringContaining('has just ended') },
  ],
]

/** What the audit lines of a reason have beside what each line has. */
const about = ({ captured }: Pick<Backend, 'captured'>, reason: string) =>
  captured
    .audit()
    .filter((line) => line.reason === reason)
    .map(({ audit, level, time, pid, hostname, ...rest }) => rest)

test.each(CASES)(
  'a request that is rejected is counted by its reason and has a line in the audit log: %s [R7.13]',
  async (_what, provoke, status, line) => {
    const there = await backend()
    expect(await provoke(there)).toBe(status)
    const { reason } = line as { reason: string }
    expect(await rejections(there.url, reason)).toBe(1)
    // Nothing else stands there: no token, no path, no identity.
    expect(about(there, reason)).toEqual([{ msg: 'a request was rejected', ...line }])
  },
)

test('while the keys of tokens cannot be had a request is counted as unavailable', async () => {
  const pair = signingPair('EdDSA', 'a')
  const endpoint = await jwksEndpoint(pair)
  endpoint.answer((response) => void response.writeHead(500).end())
  const there = await backend({ auth: { jwksUrl: endpoint.url } })
  expect(await there.ask(STATS, await signedBy(pair))).toBe(503)
  expect(await rejections(there.url, 'unavailable')).toBe(1)
  expect(about(there, 'unavailable')).toMatchObject([{ room: 'hall', sentence: expect.stringContaining('verified') }])
})

test('while the log is down a request for what it keeps is counted as unavailable', async () => {
  const log = failingLog()
  const there = await backend({ log })
  log.broken = true
  expect(await there.ask('/v1/rooms/hall', await there.token({ admin: true }), 'DELETE')).toBe(503)
  expect(await rejections(there.url, 'unavailable')).toBe(1)
  expect(about(there, 'unavailable')).toMatchObject([{ room: 'hall', sentence: 'Try again in a moment.' }])
})

test('what dev mode does for this machine alone is counted when others ask for it', async () => {
  const there = await backend({ dev: true })
  const status = await new Promise((resolve) => {
    const headers = { host: 'evil.example' }
    get(`${there.url}/dev/token?room=hall&identity=ada`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
  })
  expect(status).toBe(403)
  expect(await there.ask('/dev/token?room=hall')).toBe(400)
  expect(await allRejections(there.url)).toEqual(
    new Map([
      ['forbidden', 1],
      ['invalid', 1],
    ]),
  )
  expect(about(there, 'forbidden')).toMatchObject([
    { sentence: expect.stringContaining('Dev mode serves only the machine') },
  ])
})

test('what is allowed, and what is not there, counts for nothing', async () => {
  const there = await backend()
  expect(await there.ask(STATS, await there.token())).toBe(404)
  expect(await there.ask('/nothing')).toBe(404)
  await (await there.enter('hall', 'ada', { role: 'host' })).welcome()
  expect(await there.ask(STATS, await there.token())).toBe(200)
  expect(await allRejections(there.url)).toEqual(new Map())
  expect(there.captured.audit()).toEqual([])
})

test('a flood of requests fills no disk either: sockets and requests share ten lines a minute for each reason [R7.13]', async () => {
  const clock = new FakeClock()
  const there = await backend({ clock })
  for (let i = 0; i < 30; i++) await there.ask(STATS, 'nonsense')
  await there.connect('hall', { token: 'nonsense' }).closed
  expect(await rejections(there.url, 'unauthorized')).toBe(31)
  expect(about(there, 'unauthorized')).toHaveLength(LINES_A_MINUTE)
  clock.advance(60_000)
  await there.ask(STATS, 'nonsense')
  expect(about(there, 'unauthorized')).toHaveLength(LINES_A_MINUTE + 1)
  expect(about(there, 'unauthorized').at(-1)).toMatchObject({ unlogged: 21 })
})

test('no request adds a series: the labels are words of the server', async () => {
  const there = await backend()
  const names = async () =>
    (await (await fetch(`${there.url}/metrics`)).text()).split('\n').map((line) => line.split(' ')[0])
  const provoke = async (word: string) => {
    const admin = await there.token({ room: '*', admin: true })
    for (const bearer of [undefined, word, await there.token({ room: word }), admin]) {
      await there.ask(`/v1/rooms/${word}/chat?limit=${word}`, bearer)
      await there.ask(`/v1/rooms/${word}%20/stats`, bearer, 'POST')
      await there.ask(`/${word}`, bearer, 'PUT')
    }
  }
  await provoke('first')
  const before = await names()
  for (const word of ['second', 'third', 'fourth']) await provoke(word)
  expect(await names()).toEqual(before)
  expect([...(await allRejections(there.url)).keys()].sort()).toEqual(['forbidden', 'invalid', 'unauthorized'])
})
