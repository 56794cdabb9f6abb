// Where a setting comes from, what of its text counts, and what is said of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ownVariables } from '../../src/cli/bare-variables'
import { flagsToServe, readCommandLine } from '../../src/cli/command-line'
import { read } from '../../src/cli/setting'
import { SETTINGS } from '../../src/cli/settings-table'
import { ConfigError } from '../../src/index'

const SECRET = 'a secret of the tests, long enough to be one'
const OTHER = 'another secret of the tests, just as long as it'

const served = (env: Record<string, string>, args: string[] = []) => {
  const line = readCommandLine(args, env)
  if (line.type !== 'serve') throw new Error(`not to serve but ${line.type}`)
  return line
}

const messageOf = (env: Record<string, string>, args: string[] = []): string => {
  try {
    served(env, args)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'nothing is wrong'
}

/** The path of a file that holds this, for the time of a test. */
function fileOf(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-secret-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'secret'), content)
  return join(folder, 'secret')
}

/** A valid text for each setting, as an operator may write it. */
const GOOD: Readonly<Record<string, string>> = {
  PEERSTAGE_SECRET: SECRET,
  PEERSTAGE_SECRETS: `new:${SECRET}`,
  PEERSTAGE_PUBLIC_KEYS: '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}',
  PEERSTAGE_JWKS_URL: 'https://app.example/jwks.json',
  PEERSTAGE_ISSUER: 'https://app.example',
  PEERSTAGE_AUDIENCE: 'app',
  PEERSTAGE_ORIGINS: 'https://a.example',
  PEERSTAGE_ICE_SERVERS: 'none',
  PEERSTAGE_TURN_URLS: 'turn:a.example',
  PEERSTAGE_TURN_SECRET: SECRET,
  PEERSTAGE_BASE_PATH: '/live',
  PEERSTAGE_METRICS_TOKEN: 'a-token-of-the-tests',
  PEERSTAGE_MODE: 'voice',
  PEERSTAGE_CREATE_ROOMS: 'api',
  PEERSTAGE_DUPLICATE_SESSIONS: 'reject',
  PEERSTAGE_LIMITS: '{"chatPerSecond":2}',
  PEERSTAGE_HOST: '127.0.0.1',
  PEERSTAGE_LOG_DURABILITY: 'full',
  PEERSTAGE_LOG_LEVEL: 'warn',
  PEERSTAGE_MAX_PARTICIPANTS: '7',
}
const isSwitch = (env: string): boolean => SETTINGS.some((each) => each.env === env && each.read === read.flag)
const goodOf = (env: string): string => GOOD[env] ?? (isSwitch(env) ? 'true' : '2000000')

/** What a setting does not go without. */
function besides(env: string): Record<string, string> {
  if (env === 'PEERSTAGE_TURN_SECRET' || env === 'PEERSTAGE_TURN_TTL') {
    return { PEERSTAGE_TURN_URLS: 'turn:a.example', PEERSTAGE_TURN_SECRET: SECRET }
  }
  if (env === 'PEERSTAGE_TURN_URLS') return { PEERSTAGE_TURN_SECRET: SECRET }
  return /_(JWKS_|ISSUER|AUDIENCE|MAX_TOKEN_AGE)/.test(env) && env !== 'PEERSTAGE_JWKS_URL'
    ? { PEERSTAGE_SECRET: SECRET }
    : {}
}

/** Reads one setting, within bounds that all of them have some number in. */
function optionsWith(env: string, text: string): unknown {
  const numbers = ['2000000', '100', '5']
  const tried = text.includes('2000000') ? numbers.map((each) => text.replace('2000000', each)) : [text]
  const read = tried.find((each) => messageOf({ ...besides(env), [env]: each }) === 'nothing is wrong')
  return served({ ...besides(env), [env]: read ?? text }).options
}

const TEXTS = SETTINGS.filter((setting) => setting.read !== read.path)

describe('white space', () => {
  test.each(TEXTS.map(({ env }) => env))('at the ends of %s is left out, a Windows line end too', (env) => {
    const bare = optionsWith(env, goodOf(env))
    for (const text of [`${goodOf(env)}\n`, `${goodOf(env)}\r\n`, `  ${goodOf(env)}\t`]) {
      expect(optionsWith(env, text)).toEqual(bare)
    }
  })

  test.each(TEXTS.map(({ env }) => env))('alone is no %s: it is neither a value nor none', (env) => {
    expect(messageOf({ [env]: ' \n' })).toContain(`${env} must not be blank.`)
  })

  test.each(TEXTS.filter((setting) => setting.read === read.text).map(({ env }) => env))(
    'parts lines: %s is one',
    (env) => {
      expect(messageOf({ [env]: `${goodOf(env)}\nmore` })).toContain(`${env} must be one line.`)
    },
  )

  test('in a path is for the log to judge', () => {
    expect(served({ PEERSTAGE_LOG: 'rooms.db\r' }).options.log.file).toBe('rooms.db\r')
  })

  test('at the ends of a secret is told of, once it was left out of a variable; a file ends in a line end by nature', () => {
    expect(served({ PEERSTAGE_SECRET: `${SECRET}\n` }).notes).toEqual([
      'PEERSTAGE_SECRET has white space at an end, which is not part of the secret: sign without it.',
    ])
    for (const env of [{ PEERSTAGE_SECRET: SECRET }, { PEERSTAGE_SECRET_FILE: fileOf(`${SECRET}\n`) }]) {
      expect(served(env).notes).toEqual([])
    }
  })
})

test.each(['PEERSTAGE_SECRET', 'PEERSTAGE_MODE', 'PEERSTAGE_ORIGINS', 'PEERSTAGE_LOG', 'PEERSTAGE_SECRET_FILE'])(
  'quotes around %s, as a list of variables for Docker keeps them, are rejected',
  (env) => {
    for (const quote of ['"', "'"]) {
      expect(messageOf({ [env]: quote + goodOf(env) + quote })).toBe(
        `${env} must not be in quotes: they would be part of the value.`,
      )
    }
  },
)

test('quotes around the path of a log are rejected for a backup too', () => {
  expect(() => readCommandLine(['backup', 'copy.db'], { PEERSTAGE_LOG: '"rooms.db"' })).toThrow(
    /^PEERSTAGE_LOG must not/,
  )
})

describe('a file', () => {
  test.each([
    ['PEERSTAGE_SECRET', { auth: { secret: SECRET } }],
    ['PEERSTAGE_TURN_SECRET', { turn: { secret: SECRET } }],
    ['PEERSTAGE_SECRETS', { auth: { keys: [{ secret: SECRET }] } }],
  ])('holds %s, with or without a line end, and a byte order mark', (env, options) => {
    for (const content of [SECRET, `${SECRET}\n`, `\uFEFF${SECRET}\r\n`]) {
      expect(served({ ...besides(env), [env]: '', [`${env}_FILE`]: fileOf(content) }).options).toMatchObject(options)
    }
  })

  test('stands for every secret, and for nothing else', () => {
    const withFile = SETTINGS.filter(({ isSecret }) => isSecret).map(({ env }) => env)
    expect(withFile).toEqual(
      expect.arrayContaining(SETTINGS.filter(({ flag }) => flag === undefined).map(({ env }) => env)),
    )
  })

  test('and the variable itself are one too many', () => {
    const env = { PEERSTAGE_SECRET: SECRET, PEERSTAGE_SECRET_FILE: fileOf(OTHER) }
    expect(messageOf(env)).toBe('PEERSTAGE_SECRET and PEERSTAGE_SECRET_FILE are both set: leave one of them out.')
  })

  test('that cannot be read is named, and its variable', () => {
    const missing = join(tmpdir(), 'peerstage-nowhere')
    expect(messageOf({ PEERSTAGE_SECRET_FILE: missing })).toBe(
      `PEERSTAGE_SECRET_FILE (${missing}) names a file that cannot be read (ENOENT).`,
    )
    expect(messageOf({ PEERSTAGE_SECRET_FILE: tmpdir() })).toBe(
      `PEERSTAGE_SECRET_FILE (${tmpdir()}) names a file that cannot be read (EISDIR).`,
    )
  })

  test('is named with what is wrong in it, and its content never is', () => {
    const wrong = [
      ['hunter2\n', 'must have at least 32 bytes.'],
      [`${OTHER}\nhunter2 and more of that kind, on a second line`, 'must be one line.'],
      [' \n', 'must not be blank.'],
      ['', 'must not be blank.'],
    ] as const
    for (const [content, sentence] of wrong) {
      const path = fileOf(content)
      expect(messageOf({ PEERSTAGE_SECRET_FILE: path })).toBe(`PEERSTAGE_SECRET_FILE (${path}) ${sentence}`)
    }
  })

  test('of another encoding, as PowerShell writes it, is rejected', () => {
    const path = fileOf(Buffer.from(`\uFEFF${SECRET}`, 'utf16le'))
    expect(messageOf({ PEERSTAGE_SECRET_FILE: path })).toBe(
      `PEERSTAGE_SECRET_FILE (${path}) names a file that is not UTF-8 text.`,
    )
  })

  test.each([
    'hunter2hunter2hunter2hunter2hunter2',
    '/g0TzZ8qhDLyIiUSDv0Zs3UHdwQG0bPPKqZL9kVm0T3E=',
    '/g0TzZ8qhDLyIiUSDv0Z/3UHdwQG0bPPKqZL9kVm0T3E=',
    '\\g0TzZ8qhDLyIiUSDv0Zs3UHdwQG0bPPKqZL9kVm0T3E=',
  ])('whose name is a secret, put into the wrong variable, is not named: %s', (PEERSTAGE_SECRET_FILE) => {
    expect(messageOf({ PEERSTAGE_SECRET_FILE })).toBe(
      'PEERSTAGE_SECRET_FILE names a file that cannot be read (ENOENT).',
    )
  })
})

describe('several secrets', () => {
  test('stand one a line, the newest first, each behind its kid; one that tokens do not name may have none', () => {
    const text = `\n2026-11: ${SECRET}\r\n  2026-05:${OTHER}\n\n${SECRET}${OTHER}\n`
    const keys = [{ kid: '2026-11', secret: SECRET }, { kid: '2026-05', secret: OTHER }, { secret: SECRET + OTHER }]
    expect(served({ PEERSTAGE_SECRETS: text }).options.auth?.keys).toEqual(keys)
    expect(served({ PEERSTAGE_SECRETS_FILE: fileOf(text) }).options.auth?.keys).toEqual(keys)
  })

  test.each([
    ['behind a colon', `new:${OTHER}\n:old:${SECRET}`, `old:${SECRET}`],
    ['behind a colon and a blank', `new:${OTHER}\n : ${SECRET}`, SECRET],
    ['alone, where it has no colon', `new:${OTHER}\n${SECRET}`, SECRET],
  ])('of which one without a kid stands %s', (_where, PEERSTAGE_SECRETS, secret) => {
    expect(served({ PEERSTAGE_SECRETS }).options.auth?.keys).toEqual([{ kid: 'new', secret: OTHER }, { secret }])
  })

  test('are rejected where a colon ends no kid: it may be part of a secret', () => {
    expect(messageOf({ PEERSTAGE_SECRETS: `new:${OTHER}\nhunter2 and more: ${SECRET}` })).toBe(
      'PEERSTAGE_SECRETS has a colon in line 2 after an invalid kid: put a colon before a secret that contains one.',
    )
  })

  test('are counted aloud, by whether they have a kid: a part of a secret may have been taken for one', () => {
    expect(served({ PEERSTAGE_SECRETS: `new:${OTHER}\nhunter2:${SECRET}` }).notes).toEqual([
      'PEERSTAGE_SECRETS holds 2 with a kid and 0 without.',
    ])
    const file = fileOf(`new:${OTHER}\n:hunter2:${SECRET}`)
    expect(served({ PEERSTAGE_SECRETS_FILE: file }).notes).toEqual([
      `PEERSTAGE_SECRETS_FILE (${file}) holds 1 with a kid and 1 without.`,
    ])
  })

  test('are counted where one is wrong, and never repeated', () => {
    expect(messageOf({ PEERSTAGE_SECRETS: `a:${SECRET}\nb:hunter2` })).toBe(
      'PEERSTAGE_SECRETS: secret 2 must have at least 32 bytes.',
    )
    expect(messageOf({ PEERSTAGE_SECRETS: `a:${SECRET}\na:${OTHER}` })).toBe(
      'PEERSTAGE_SECRETS must each have a different kid; one of them may have none.',
    )
  })

  test.each([
    [{ PEERSTAGE_SECRET: SECRET }, 'PEERSTAGE_SECRET and PEERSTAGE_SECRETS'],
    [{ PEERSTAGE_PUBLIC_KEYS: goodOf('PEERSTAGE_PUBLIC_KEYS') }, 'PEERSTAGE_SECRETS and PEERSTAGE_PUBLIC_KEYS'],
    [{ PEERSTAGE_JWKS_URL: 'https://app.example/jwks.json' }, 'PEERSTAGE_SECRETS and PEERSTAGE_JWKS_URL'],
  ])('and another place for keys are one too many: %o', (env, names) => {
    expect(messageOf({ ...env, PEERSTAGE_SECRETS: `a:${SECRET}` })).toBe(
      `${names} are both set: the keys of the tokens come from one of them.`,
    )
  })
})

describe('a mistake names where it stands', () => {
  test.each<[Record<string, string>, string[], string]>([
    [{ PEERSTAGE_MODE: 'theatre' }, [], 'PEERSTAGE_MODE must be'],
    [{ PEERSTAGE_MODE: 'voice' }, ['--mode', 'theatre'], '--mode must be'],
    [{ PORT: 'abc' }, [], 'PORT must be'],
    [{ PORT: '80', PEERSTAGE_PORT: 'abc' }, [], 'PEERSTAGE_PORT must be'],
    [{ PEERSTAGE_LIMITS: '{"chats":2}' }, [], 'PEERSTAGE_LIMITS: chats is not a limit'],
    [{ PEERSTAGE_TURN_SECRET: SECRET }, [], '--turn-urls (PEERSTAGE_TURN_URLS) is needed'],
    [{ PEERSTAGE_TURN_URLS: 'turn:a.example' }, [], 'PEERSTAGE_TURN_SECRET (PEERSTAGE_TURN_SECRET_FILE) is needed'],
  ])('%o %o', (env, args, sentence) => {
    expect(messageOf(env, args)).toContain(sentence)
  })

  test('also where only the server finds it', () => {
    const { named } = served({ HOST: '0.0.0.0' }, ['--dev'])
    expect(named({ path: 'host', sentence: 'must be this machine' }).path).toBe('HOST')
    expect(named({ path: 'dev', sentence: 'must be false' }).path).toBe('--dev')
    expect(named({ path: 'auth.secret', sentence: 'is needed' }).path).toBe('PEERSTAGE_SECRET (PEERSTAGE_SECRET_FILE)')
  })
})

describe('HOST and PORT, which other programs set too,', () => {
  const noted = (name: string, what: string) =>
    `${name} is not a ${what} and is ignored: set PEERSTAGE_${name} or --${name.toLowerCase()} instead.`

  test('give way to variables of our own', () => {
    const env = { HOST: '::1', PORT: '1', PEERSTAGE_HOST: '127.0.0.1', PEERSTAGE_PORT: '2' }
    expect(served(env).options).toMatchObject({ host: '127.0.0.1', port: 2 })
  })

  test.each(['127.0.0.1', '::', '0.0.0.0', 'localhost', ' 192.0.2.7\n', hostname()])(
    'say where to listen: %j',
    async (HOST) => {
      expect(await ownVariables({ HOST, PORT: '8080' })).toEqual({ env: { HOST, PORT: '8080' }, notes: [] })
    },
  )

  test.each(['x86_64-conda-linux-gnu', 'tcp://10.0.0.1', 'a.invalid'])(
    'are ignored with a line where they do not: %s',
    async (HOST) => {
      const env = { HOST, PORT: 'tcp://10.0.0.1:80', PATH: '/bin' }
      const notes = [noted('PORT', 'port number'), noted('HOST', 'name or address of this machine')]
      expect(await ownVariables(env)).toEqual({ env: { PATH: '/bin' }, notes })
    },
  )

  test('do so as PEERSTAGE_PORT too, where Kubernetes has a Service called peerstage', async () => {
    const env = { PEERSTAGE_PORT: 'tcp://10.0.0.1:80', PORT: '8081' }
    const ours = await ownVariables(env)
    expect(ours).toMatchObject({
      env: { PORT: '8081' },
      notes: [expect.stringContaining('PEERSTAGE_PORT is not a port')],
    })
    expect(served({ ...ours.env } as Record<string, string>).options.port).toBe(8081)
    expect(messageOf({ PEERSTAGE_PORT: 'http' })).toContain('PEERSTAGE_PORT must be a port number')
  })

  test('need no line where something else says it, and no name server is asked', async () => {
    const foreign = { HOST: 'x86_64-conda-linux-gnu', PORT: '70000' }
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return []
    }
    const notesOf = async (env: Record<string, string>, args: string[]) =>
      (await ownVariables(env, flagsToServe(args), resolve)).notes
    expect(await notesOf({ ...foreign, PEERSTAGE_HOST: '::1', PEERSTAGE_PORT: '1' }, [])).toEqual([])
    expect(await notesOf(foreign, ['--host=::1', '--port', '1'])).toEqual([])
    expect(asked).toEqual([])
    expect(await notesOf(foreign, [])).toHaveLength(2)
    expect(asked).toEqual([foreign.HOST])
  })

  test.each([['--help'], ['-h'], ['--version'], ['-v'], ['backup', 'copy.db']])(
    'are not looked at where nothing is served: %s',
    (...args) => {
      expect(flagsToServe(args)).toBeUndefined()
    },
  )
})
