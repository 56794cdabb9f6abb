import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../../src/cli/command-line'
import { ConfigError, checkSettings, PUBLIC_STUN } from '../../src/config/settings'
import { createPeerstageServer, memoryLog } from '../../src/index'

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

describe('an option that is given as undefined, like an unset variable', () => {
  const sentence = 'must not be undefined: give it a value, or leave it out'

  test.each<[string, object]>([
    ['auth', { auth: undefined }],
    ['auth.issuer', { auth: { secret: SECRET, issuer: undefined } }],
    ['auth.keys.0', { auth: { keys: [undefined] } }],
    ['dev', { dev: undefined }],
    ['allowedOrigins', { allowedOrigins: undefined }],
    ['allowedOrigins.0', { allowedOrigins: [undefined] }],
    ['iceServers', { iceServers: undefined }],
    ['turn.secret', { turn: { urls: 'turn:turn.example.com', secret: undefined } }],
    ['limits.graceMs', { limits: { graceMs: undefined } }],
    ['mode', { mode: undefined }],
    ['log', { log: undefined }],
    ['logger', { logger: undefined }],
  ])('is rejected, and never counts as left out: %s', (path, options) => {
    expect(problemsOf(() => checkSettings(options))).toEqual([{ path, sentence }])
  })

  test.each([
    ['undefined', undefined, 'must not be undefined'],
    ['empty', '', 'is empty'],
  ])('names the variable that a secret comes from, where it is %s', (_, secret, said) => {
    expect(problemsOf(() => checkSettings({ auth: { secret } }))).toEqual([
      { path: 'auth.secret', sentence: `${said}: set the variable that it comes from, such as PEERSTAGE_SECRET` },
    ])
  })

  test('is told apart from one that is missing, and from one that does not exist', () => {
    expect(problemsOf(() => checkSettings({ turn: { secret: SECRET } }))).toEqual([
      { path: 'turn.urls', sentence: 'is needed: turn takes urls and a secret' },
    ])
    expect(problemsOf(() => checkSettings({ colour: undefined }))).toEqual([
      { path: 'colour', sentence: 'is not an option of this server' },
    ])
    expect(problemsOf(() => checkSettings(null))).toEqual([{ path: 'options', sentence: 'must be an object' }])
  })
})

describe('a part of an app’s own', () => {
  test('is known by its functions: one that lacks some is rejected before it is needed, and never shown', () => {
    const wrong = { dev: true, log: { file: 'rooms.db' }, logger: { ...console, warn: 5 }, clock: () => 0 }
    const problems = problemsOf(() => createPeerstageServer(wrong as never))
    const all =
      'append, since, load, openRooms, forget, probe, close, history, message, messagesOf, eraseRoom, eraseIdentity'
    expect(problems).toEqual([
      { path: 'log', sentence: `must be a log, like sqliteLog('rooms.db') or memoryLog(): it lacks ${all}` },
      { path: 'logger', sentence: 'must be a logger, like pino() or console: it lacks warn' },
      { path: 'clock', sentence: 'must be a clock: it lacks now, after, nextTurn' },
    ])
  })

  test.each([null, 'rooms.db', [], 7])('is no %o', (log) => {
    expect(problemsOf(() => checkSettings({ log }))).toMatchObject([{ path: 'log' }])
  })

  test('may be of a class, and stays the one that was given', () => {
    const log = memoryLog()
    expect(checkSettings({ log, logger: console })).toMatchObject({ logger: console })
    expect(checkSettings({ log }).log).toBe(log)
  })

  test('the key of dev mode has as many bytes as a secret', () => {
    expect(problemsOf(() => checkSettings({ devKey: new Uint8Array(31) }))).toEqual([
      { path: 'devKey', sentence: 'must have at least 32 bytes' },
    ])
    expect(problemsOf(() => checkSettings({ devKey: 'x'.repeat(32) }))).toMatchObject([{ sentence: 'must be bytes' }])
  })
})

test.each([
  // A client hears why it gets no first frame within the 10 s for which it waits.
  ['verificationMs', 1000, 9000],
  ['holdMs', 10_000, 3_600_000],
  ['stalledMs', 5000, 60_000],
  // Who comes back within a drain's 10 s finds the place.
  ['graceMs', 15_000, 600_000],
  ['closedTabGraceMs', 1000, 600_000],
  ['emptyRoomMs', 1000, 86_400_000],
])('the limit %s is from %i to %i', (name, least, most) => {
  const problems = (value: number) => problemsOf(() => checkSettings({ limits: { [name]: value } }))
  for (const good of [least, most]) expect(problems(good)).toEqual([])
  const sentence = `must be a whole number from ${least} to ${most}`
  for (const bad of [least - 1, most + 1, least + 0.5]) {
    expect(problems(bad)).toEqual([{ path: `limits.${name}`, sentence }])
  }
})

test.each([
  ['https://example.com/', 'must be an origin like https://example.com, without a path'],
  ['https://example.com/path', 'must be an origin like https://example.com, without a path'],
  ['https://user@example.com', 'must be an origin like https://example.com, without a path'],
  ['example.com', 'must be an origin like https://example.com, without a path'],
  ['file:///', 'must be an origin like https://example.com, without a path'],
  ['', 'must be an origin like https://example.com, without a path'],
  ['*', 'must not be *: leave the list out'],
  ['null', 'must not be null: every page can have that origin'],
  ['wss://example.com', 'must be where the page comes from'],
  ['https://*', 'may have * for one whole label'],
  ['https://*.com', 'may have * for one whole label'],
  ['https://*.*.example.com', 'may have * for one whole label'],
  ['https://a*.example.com', 'may have * for one whole label'],
  ['https://a.*.example.com', 'may have * for one whole label'],
  ['https://*.example.com/', 'may have * for one whole label'],
  ['https://*.example.com:*', 'may have * for one whole label'],
  ['*.example.com', 'may have * for one whole label'],
  ['https://*.2.3.4', 'may have * for one whole label'],
  ['chrome-extension://*', 'may have * for one whole label'],
])('%s is no origin, in a sentence that fits', (origin, sentence) => {
  const problems = problemsOf(() => checkSettings({ allowedOrigins: [origin] }))
  expect(problems).toEqual([{ path: 'allowedOrigins.0', sentence: expect.stringContaining(sentence) }])
})

test('secrets may be bytes', () => {
  const secret = new Uint8Array(32)
  expect(checkSettings({ auth: { secret } }).auth?.secret).toBe(secret)
  expect(problemsOf(() => checkSettings({ auth: { secret: new Uint8Array(31) } }))).toHaveLength(1)
})

describe('white space at the ends of', () => {
  test.each([`${SECRET}\n`, ` ${SECRET}\r\n`])('a secret is no part of it: %j', (secret) => {
    expect(checkSettings({ auth: { secret } }).auth?.secret).toBe(SECRET)
    expect(checkSettings({ auth: { keys: [{ secret, kid: 'a\n' }] } }).auth?.keys).toEqual([
      { secret: SECRET, kid: 'a' },
    ])
    expect(checkSettings({ turn: { urls: 'turn:a.example', secret } }).turn?.secret).toBe(SECRET)
    expect(checkSettings({ metrics: { token: 'a-token-of-the-tests\n' } }).metrics.token).toBe('a-token-of-the-tests')
  })

  test('issuer and audience is none of theirs, for no token would have it', () => {
    const auth = { secret: SECRET, issuer: 'https://app.example\n', audience: ' app' }
    expect(checkSettings({ auth }).auth).toMatchObject({ issuer: 'https://app.example', audience: 'app' })
  })

  test('bytes that are a text is a mistake, and inside a secret a line break is', () => {
    expect(problemsOf(() => checkSettings({ auth: { secret: Buffer.from(`${SECRET}\n`) } }))).toMatchObject([
      { sentence: 'must not have white space at its ends: give it as a text, or without' },
    ])
    const bytes = new Uint8Array(32).fill(200).with(31, 10)
    expect(checkSettings({ auth: { secret: bytes } }).auth?.secret).toBe(bytes)
    for (const path of ['auth', 'turn']) {
      const secret = `${SECRET}\n${SECRET}`
      const options = path === 'auth' ? { auth: { secret } } : { turn: { urls: 'turn:a.example', secret } }
      expect(problemsOf(() => checkSettings(options))).toEqual([
        { path: `${path}.secret`, sentence: 'must be one line' },
      ])
    }
  })
})

describe('a TURN server', () => {
  const turn = { urls: 'turn:turn.example.com:3478', secret: 'shared with coturn, and long enough' }

  test('has one URL or several, and passwords that hold for an hour', () => {
    expect(checkSettings({ turn }).turn).toEqual({ ...turn, ttlSeconds: 3600 })
    const urls = ['turns:turn.example.com?transport=tcp', 'turn:192.0.2.1', 'TURN:[2001:db8::1]:3478?transport=udp']
    expect(checkSettings({ turn: { ...turn, urls, ttlSeconds: 600 } }).turn).toMatchObject({ urls, ttlSeconds: 600 })
  })

  test.each([
    [{ urls: 'stun:turn.example.com' }, 'turn.urls'],
    [{ urls: 'turn:ada:pass-of-ada@turn.example.com' }, 'turn.urls'],
    [{ urls: 'turn:turn.example.com?transport=tls' }, 'turn.urls'],
    [{ urls: [] }, 'turn.urls'],
    [{ secret: 'too short' }, 'turn.secret'],
    [{ secret: new Uint8Array(32) }, 'turn.secret'],
    [{ ttlSeconds: 9 }, 'turn.ttlSeconds'],
    [{ ttlSeconds: 86_401 }, 'turn.ttlSeconds'],
    [{ username: 'ada' }, 'turn.username'],
  ])('has no %o, and is told so without it', (wrong, path) => {
    const problems = problemsOf(() => checkSettings({ turn: { ...turn, ...wrong } }))
    expect(problems.map((each) => each.path)).toEqual([path])
    expect(JSON.stringify(problems)).not.toMatch(/pass-of-ada|too short|shared with coturn/)
  })
})

describe('the command line', () => {
  const options = (args: string[], env: Record<string, string> = {}) => {
    const line = readCommandLine(args, env)
    if (line.type !== 'serve') throw new Error(`not to serve but ${line.type}`)
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

  test('an empty variable counts as not set, and so does an empty flag', () => {
    expect(options([], { PORT: '', PEERSTAGE_SECRET: '' })).toMatchObject({ port: 8080 })
    expect(options(['--port='], { PORT: '1234' })).toMatchObject({ port: 1234 })
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
    expect(options(['--trust-proxy', '10.0.0.0/8, ::1', '--log-addresses'])).toMatchObject({
      trustProxy: ['10.0.0.0/8', '::1'],
      logAddresses: true,
    })
    expect(options([])).toMatchObject({ trustProxy: 0, maxSocketsPerAddress: 200, logAddresses: false })
  })

  test('reads the bounds of the process and of the log, and how long a drain waits', () => {
    const env = {
      PEERSTAGE_MAX_VERIFYING: '7',
      PEERSTAGE_LOG_MAX_ROOM_BYTES: '1048576',
      PEERSTAGE_DRAIN_DEADLINE: '50',
    }
    expect(options(['--max-holds', '9', '--drain-deadline', '0'], env)).toMatchObject({
      maxVerifying: 7,
      maxHolds: 9,
      log: { maxRoomBytes: 1024 * 1024 },
      drainDeadlineSeconds: 0,
    })
    expect(options([])).toMatchObject({ maxVerifying: 500, maxHolds: 500, log: {} })
    const wrong = ['--max-verifying', '0', '--max-holds', 'many', '--log-max-room-bytes', '1.5']
    expect(problemsOf(() => options([...wrong, '--drain-deadline', '3601']))).toEqual([
      { path: '--max-verifying', sentence: 'must be a whole number from 1 to 1000000' },
      { path: '--max-holds', sentence: 'must be a whole number from 1 to 1000000' },
      {
        path: '--log-max-room-bytes',
        sentence: expect.stringMatching(/^must be a whole number from 0 to/),
      },
      { path: '--drain-deadline', sentence: 'must be a whole number from 0 to 3600' },
    ])
  })

  test('limits come as JSON, and the one with a flag of its own stands above them', () => {
    const env = { PEERSTAGE_LIMITS: '{"chatPerSecond":2,"maxParticipants":5}' }
    expect(options(['--max-participants', '7'], env).limits).toEqual({ chatPerSecond: 2, maxParticipants: 7 })
    expect(problemsOf(() => options([], { PEERSTAGE_LIMITS: '{"chatPerSecond":0}' }))).toMatchObject([
      { path: 'PEERSTAGE_LIMITS: chatPerSecond' },
    ])
    expect(problemsOf(() => options([], { PEERSTAGE_LIMITS: '{"chats":2}' }))).toEqual([
      { path: 'PEERSTAGE_LIMITS: chats', sentence: 'is not a limit' },
    ])
    for (const limits of ['few', '{bad', 'null', '7']) {
      for (const flags of [[], ['--max-participants', '7']]) {
        expect(problemsOf(() => options(flags, { PEERSTAGE_LIMITS: limits }))).toEqual([
          { path: 'PEERSTAGE_LIMITS', sentence: 'must be an object like {"chatPerSecond": 2}' },
        ])
      }
    }
    expect(problemsOf(() => options([], { PEERSTAGE_MAX_PARTICIPANTS: '21' }))).toMatchObject([
      { path: 'PEERSTAGE_MAX_PARTICIPANTS' },
    ])
  })

  test('reads a TURN server; its URLs and its secret go together', () => {
    const env = { PEERSTAGE_TURN_SECRET: SECRET, PEERSTAGE_TURN_TTL: '60' }
    const urls = ['turn:a.example', 'turns:a.example']
    expect(options(['--turn-urls', urls.join(', ')], env).turn).toEqual({ urls, secret: SECRET, ttlSeconds: 60 })
    expect(problemsOf(() => options([], env))).toMatchObject([{ path: '--turn-urls (PEERSTAGE_TURN_URLS)' }])
    expect(problemsOf(() => options(['--turn-urls', 'turn:a.example']))).toMatchObject([
      { path: 'PEERSTAGE_TURN_SECRET (PEERSTAGE_TURN_SECRET_FILE)', sentence: expect.stringContaining('is needed') },
    ])
    expect(problemsOf(() => options(['--turn-urls', ','], env))).toMatchObject([
      { path: '--turn-urls', sentence: expect.stringContaining('must be one or more TURN URLs') },
    ])
    expect(() => options(['--turn-secret', SECRET])).toThrow(ConfigError)
  })

  test('switches need no value', () => {
    expect(options(['--dev', '--json'])).toMatchObject({ dev: true, json: true })
    expect(options([], { PEERSTAGE_DEV: '1' })).toMatchObject({ dev: true, json: false })
  })

  test('an audience without a secret is a mistake', () => {
    expect(problemsOf(() => options(['--audience', 'app']))).toMatchObject([
      { path: 'PEERSTAGE_SECRET (PEERSTAGE_SECRET_FILE)' },
    ])
  })
})
