import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { emptyFolder } from '../../../sdk/test/packaging/npm'
import { signToken } from '../../src/index'
import { rawConnection } from '../harness/raw-connection'
import { listening, run } from '../harness/running-cli'
import { TestClient } from '../harness/test-client'

const SECRET = 'a secret of the tests, long enough to be one'
const SERVE = ['--port', '0', '--json', '--dev']

test.each<[string, string[], Record<string, string>, string]>([
  ['a port that is none', ['--port', 'abc'], {}, '--port must be a port number from 0 to 65535.'],
  [
    'a port that is too large',
    [],
    { PEERSTAGE_PORT: '70000' },
    'PEERSTAGE_PORT must be a port number from 0 to 65535.',
  ],
  ['a short secret', [], { PEERSTAGE_SECRET: 'hunter2' }, 'PEERSTAGE_SECRET must have at least 32 bytes.'],
  ['an unknown mode', ['--mode', 'theatre'], {}, '--mode must be one of voice, camera, studio.'],
  ['an origin with a path', ['--origins', 'https://example.com/app'], {}, '--origins must be an origin'],
  ['ICE servers that are no JSON', ['--ice-servers', '[{'], {}, '--ice-servers must be a list'],
  ['rooms that no one opens', ['--create-rooms', 'me'], {}, '--create-rooms must be onJoin, host or api.'],
  ['dev mode beside a secret', ['--dev'], { PEERSTAGE_SECRET: SECRET }, '--dev must be false beside auth'],
  ['proxies without number', ['--trust-proxy', 'all'], {}, '--trust-proxy must be a whole number'],
  ['an unknown flag', ['--prot', '1'], {}, "Unknown option '--prot'"],
  ['all addresses without a secret', [], { HOST: '0.0.0.0' }, 'HOST must be this machine (localhost)'],
  [
    'a file of a secret that is not there',
    [],
    { PEERSTAGE_SECRET_FILE: '/nowhere/secret' },
    'PEERSTAGE_SECRET_FILE names a file that cannot be read (ENOENT)',
  ],
])('%s is a sentence and exit 2', async (_what, args, env, sentence) => {
  const { said, exit } = run(args, env)
  expect(await exit).toBe(2)
  expect(said.err).toContain(sentence)
  expect(said.err).not.toContain('hunter2')
  expect(said.err).not.toContain('    at ')
})

/** A port that another program has. */
async function takenPort() {
  const squatter = createServer().listen(0, 'localhost')
  await once(squatter, 'listening')
  onTestFinished(() => void squatter.close())
  const address = squatter.address()
  return { port: String(typeof address === 'object' && address !== null ? address.port : 0), squatter }
}

test('a port that is taken is a sentence and exit 75, for it is no wrong setting', async () => {
  const { port } = await takenPort()
  const { said, exit } = run(['--start-deadline', '0'], { PORT: port })
  expect(await exit).toBe(75)
  expect(said.err).toContain(`Another program listens on port ${port}`)
  expect(said.err).toContain('It is set by PORT and')
})

test('a port that is taken is waited for, and said so', async () => {
  const { port, squatter } = await takenPort()
  const running = run(['--port', port, '--json', '--start-deadline', '300'])
  await expect.poll(() => running.said.err).toContain('Waiting for it, for up to 300 s.')
  squatter.close()
  expect(await listening(running)).toContain(port)
})

test.runIf(process.platform === 'linux')(
  'a host that is not known now, or not yet this machine’s, is exit 75',
  async () => {
    for (const host of ['192.0.2.1', 'peerstage.invalid']) {
      const { said, exit } = run(['--port', '0', '--host', host], { PEERSTAGE_SECRET: SECRET })
      expect([host, await exit]).toEqual([host, 75])
      expect(said.err).toContain('and --host.')
    }
  },
)

test('--help names every flag and variable, --version is the package’s', async () => {
  const help = run(['--help'])
  expect(await help.exit).toBe(0)
  for (const word of [
    '--port',
    'PEERSTAGE_PORT, PORT',
    'HOST',
    'PEERSTAGE_SECRET_FILE',
    'PEERSTAGE_SECRET',
    'PEERSTAGE_ORIGINS',
    'PEERSTAGE_ICE_SERVERS',
  ]) {
    expect(help.said.out).toContain(word)
  }
  const version = run(['--version'])
  expect(await version.exit).toBe(0)
  expect(version.said.out).toMatch(/^\d+\.\d+\.\d+/)
})

test('HOST and PORT of another program are ignored, aloud', async () => {
  const env = { HOST: 'x86_64-conda-linux-gnu', PORT: 'tcp://10.0.0.1:80', PEERSTAGE_PORT: '0' }
  const running = run(['--json'], env)
  await listening(running)
  expect(running.said.err).toContain('HOST is not a name or address of this machine and is ignored')
  expect(running.said.err).not.toContain('conda')
})

test('a secret is changed by a file of several, and no client is rejected meanwhile', async () => {
  const folder = await emptyFolder()
  const file = join(folder, 'secrets')
  const NEWER = 'another secret of the tests, as long as the other'
  const tokens = await Promise.all([
    signToken({ secret: SECRET, room: 'hall', identity: 'ada' }),
    signToken({ secret: NEWER, kid: '2026-11', room: 'hall', identity: 'ben' }),
  ])
  const admitted = async (secrets: string) => {
    writeFileSync(file, secrets)
    const running = run(['--port', '0', '--json'], { PEERSTAGE_SECRETS_FILE: file })
    const url = await listening(running)
    const first = await Promise.all(tokens.map((token) => new TestClient(url, 'hall', { token }).until(() => true)))
    return first.map((message) => (message.type === 'goodbye' ? message.code : message.type))
  }
  expect(await admitted(`${SECRET}\n`)).toEqual(['welcome', 'unauthorized'])
  expect(await admitted(`2026-11:${NEWER}\n${SECRET}\n`)).toEqual(['welcome', 'welcome'])
  expect(await admitted(`2026-11:${NEWER}\n`)).toEqual(['unauthorized', 'welcome'])
})

test('--json says where it listens in its first line, and SIGTERM drains', async () => {
  const running = run(['--port', '0', '--json'], { PEERSTAGE_DEV: 'true' })
  const url = await listening(running)
  const client = new TestClient(url, 'hall', { name: 'Ada' })
  await client.welcome()
  running.child.kill('SIGTERM')
  expect(await client.goodbye()).toMatchObject({ code: 'draining', close: 1012 })
  expect(await running.exit).toBe(0)
  expect(running.said.err).toContain('NO SECRET')
  expect(running.said.out.trim().split('\n')).toHaveLength(1)
})

test('a parent process that says shutdown drains it too', async () => {
  const running = run(SERVE)
  const client = new TestClient(await listening(running), 'hall')
  await client.welcome()
  running.child.send('something else')
  running.child.send('shutdown')
  expect(await client.goodbye()).toMatchObject({ code: 'draining', close: 1012 })
  expect(await running.exit).toBe(0)
})

/** What a load balancer hears. */
async function readiness(url: string): Promise<[number, unknown]> {
  const response = await fetch(`${url}/readyz`)
  return [response.status, await response.json()]
}

/** A download that is under way until the test ends it: so long a drain waits, and no longer than its deadline. */
async function download(url: string) {
  // More than what the operating system buffers for a reader that reads nothing.
  const request = 'GET /peerstage.js HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(200)
  const { socket } = await rawConnection(url, request)
  await once(socket, 'data')
  socket.pause()
  return { end: () => socket.destroy() }
}

test('while a drain waits it is alive and not ready, and ends though connections are kept open [R8.1]', async () => {
  const running = run([...SERVE, '--drain-deadline', '300'])
  const url = await listening(running)
  // The silent one, and the one that `fetch` keeps.
  await rawConnection(url, '')
  expect(await readiness(url)).toEqual([200, { status: 'ready' }])
  const { end } = await download(url)
  running.child.kill('SIGTERM')
  await expect.poll(() => readiness(url)).toEqual([503, { status: 'draining' }])
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect(await new TestClient(url, 'hall').goodbye()).toMatchObject({ code: 'draining', close: 1012 })
  end()
  expect(await running.exit).toBe(0)
})

test('a second signal ends it at once, though a client never answers [R8.2]', async () => {
  const running = run([...SERVE, '--drain-deadline', '300'])
  const url = await listening(running)
  const client = new TestClient(url, 'hall')
  await client.welcome()
  client.socket.pause()
  await download(url)
  running.child.kill('SIGTERM')
  await expect.poll(() => readiness(url)).toEqual([503, { status: 'draining' }])
  running.child.kill('SIGINT')
  expect(await running.exit).toBe(1)
  client.cut()
})

test('--drain-deadline is how long a drain waits for clients that are not done [R8.1]', async () => {
  const [patient, hasty] = [run([...SERVE, '--drain-deadline', '300']), run([...SERVE, '--drain-deadline', '0'])]
  const { end } = await download(await listening(patient))
  await download(await listening(hasty))
  for (const { child } of [patient, hasty]) child.kill('SIGTERM')
  expect(await hasty.exit).toBe(0)
  expect(patient.child.exitCode).toBeNull()
  end()
  expect(await patient.exit).toBe(0)
})

test('dev mode says what its user needs, and serves the demo with the sdk', async () => {
  const running = run(['--port', '0'])
  while (!running.said.out.includes('No TURN server')) await once(running.child.stdout ?? running.child, 'data')
  for (const words of ['in two tabs', 'needs https', 'NO SECRET', 'No TURN server']) {
    expect(running.said.out).toContain(words)
  }
  const url = /http:\/\/localhost:\d+/.exec(running.said.out)?.[0] ?? ''
  expect(await (await fetch(url)).text()).toContain('/peerstage.js'.slice(1))
  expect(await (await fetch(`${url}/peerstage.js`)).text()).toContain('Peerstage')
})

test('neither secrets, tokens nor chat are in anything it says, at its most talkative [R7.12]', async () => {
  const running = run(['--port', '0', '--json', '--log-level', 'debug'], {
    PEERSTAGE_SECRET: SECRET,
  })
  const url = await listening(running)
  const token = await signToken({ secret: SECRET, room: 'hall', identity: 'ada-the-identity', role: 'host' })
  const client = new TestClient(url, 'hall', { token })
  await client.welcome()
  await client.ask({ type: 'chat.send', text: 'a word between friends' })
  await client.ask({ type: 'session.refresh', token })
  const other = new TestClient(url, `hall?token=${token}`, { token })
  await other.closed
  const wrong = new TestClient(url, 'hall', { token: `${token}x` })
  await wrong.closed
  client.say({ type: 'moderation.endRoom', id: 99 })
  await client.closed
  running.child.kill('SIGTERM')
  expect(await running.exit).toBe(0)
  const all = running.said.out + running.said.err
  expect(all).toContain('a connection was rejected')
  const secrets = [SECRET, token, token.split('.')[2] ?? '', client.hello.session, 'a word between friends']
  for (const secret of secrets) expect(all).not.toContain(secret)
})
