import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../src/command-line'
import { ConfigError, checkSettings, PUBLIC_STUN } from '../src/config'

const SECRET = 'a secret of the tests, long enough to be one'

const problemsOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

test('every option has a default', () => {
  expect(checkSettings({})).toMatchObject({
    dev: false,
    mode: 'studio',
    createRooms: 'onJoin',
    duplicateSessions: 'replace',
    iceServers: [PUBLIC_STUN],
    limits: { maxParticipants: 20, maxFrameBytes: 65_536 },
  })
})

test('everything that is wrong is named, with what it must be and never with its value', () => {
  const problems = problemsOf(() =>
    checkSettings({ auth: { secret: 'hunter2' }, mode: 'theatre', limits: { maxParticipants: 21 }, colour: 'red' }),
  )
  expect(problems.map(({ path }) => path).sort()).toEqual(['auth.secret', 'colour', 'limits.maxParticipants', 'mode'])
  expect(JSON.stringify(problems)).not.toMatch(/hunter2|theatre/)
})

test.each([['https://example.com/'], ['example.com'], ['*'], ['https://example.com/path']])(
  '%s is no origin',
  (origin) => {
    expect(problemsOf(() => checkSettings({ allowedOrigins: [origin] }))).toHaveLength(1)
  },
)

test('secrets may be bytes', () => {
  const secret = new Uint8Array(32)
  expect(checkSettings({ auth: { secret } }).auth?.secret).toBe(secret)
  expect(problemsOf(() => checkSettings({ auth: { secret: new Uint8Array(31) } }))).toHaveLength(1)
})

describe('the command line', () => {
  const options = (args: string[], env: Record<string, string> = {}) => {
    const line = readCommandLine(args, env)
    if (line.do !== 'serve') throw new Error(`not to serve but ${line.do}`)
    return line.options
  }

  test('reads variables, and flags stand above them', () => {
    const env = { PORT: '1234', HOST: '::1', PEERSTAGE_SECRET: SECRET, PEERSTAGE_MODE: 'voice' }
    expect(options(['--port', '0'], env)).toMatchObject({
      port: 0,
      host: '::1',
      auth: { secret: SECRET },
      mode: 'voice',
    })
  })

  test('an empty variable counts as not set', () => {
    expect(options([], { PORT: '', PEERSTAGE_SECRET: '' })).toMatchObject({ port: 8080 })
  })

  test('reads lists and JSON', () => {
    const env = {
      PEERSTAGE_ORIGINS: 'https://a.example, https://b.example',
      PEERSTAGE_ICE_SERVERS: '[{"urls":"turn:example.com","username":"u","credential":"c"}]',
    }
    expect(options([], env)).toMatchObject({
      allowedOrigins: ['https://a.example', 'https://b.example'],
      iceServers: [{ urls: 'turn:example.com', username: 'u', credential: 'c' }],
    })
    expect(options([], { PEERSTAGE_ICE_SERVERS: 'none' })).toMatchObject({ iceServers: [] })
  })

  test('reads how many sockets an address may have, and how many proxies are trusted', () => {
    expect(options(['--trust-proxy', '2'], { PEERSTAGE_MAX_SOCKETS_PER_ADDRESS: '7' })).toMatchObject({
      trustProxy: 2,
      maxSocketsPerAddress: 7,
    })
    expect(options([])).toMatchObject({ trustProxy: 0, maxSocketsPerAddress: 50 })
  })

  test('limits come as JSON, and the one with a flag of its own stands above them', () => {
    const env = { PEERSTAGE_LIMITS: '{"chatPerSecond":2,"maxParticipants":5}' }
    expect(options(['--max-participants', '7'], env).limits).toEqual({ chatPerSecond: 2, maxParticipants: 7 })
    expect(problemsOf(() => options([], { PEERSTAGE_LIMITS: '{"chatPerSecond":0}' }))).toMatchObject([
      { path: '--limits (PEERSTAGE_LIMITS): chatPerSecond' },
    ])
    expect(problemsOf(() => options([], { PEERSTAGE_LIMITS: '{"chats":2}' }))).toEqual([
      { path: '--limits (PEERSTAGE_LIMITS): chats', sentence: 'is no such limit' },
    ])
    expect(problemsOf(() => options([], { PEERSTAGE_LIMITS: 'few' }))).toEqual([
      { path: '--limits (PEERSTAGE_LIMITS)', sentence: 'must be an object like {"chatPerSecond": 2}' },
    ])
    expect(problemsOf(() => options([], { PEERSTAGE_MAX_PARTICIPANTS: '21' }))).toMatchObject([
      { path: '--max-participants (PEERSTAGE_MAX_PARTICIPANTS)' },
    ])
  })

  test('switches need no value', () => {
    expect(options(['--dev', '--json'])).toMatchObject({ dev: true, json: true })
    expect(options([], { PEERSTAGE_DEV: '1' })).toMatchObject({ dev: true, json: false })
  })

  test('an audience without a secret is a mistake', () => {
    expect(problemsOf(() => options(['--audience', 'app']))).toMatchObject([{ path: 'PEERSTAGE_SECRET' }])
  })
})
