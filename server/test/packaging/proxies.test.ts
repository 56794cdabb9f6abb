// Real nginx and HAProxy, with the configurations of docs/proxies.md, in front of two servers.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Daemon, settingsOfDocs } from '../../../sdk/test/harness/browser/daemon'
import { emptyFolder } from '../../../sdk/test/packaging/npm'
import { PING_MS } from '../../src/gateway/socket/heartbeat'
import { createPeerstageServer, type PeerstageServer, signToken } from '../../src/index'
import { LARGE_HELLO, largestToken } from '../harness/largest-hello'
import { TestClient } from '../harness/test-client'

const SECRET = 'a secret of the tests, long enough to be one'
const ROOMS = Array.from({ length: 30 }, (_, number) => `room-${number}`)

type Proxy = {
  readonly program: 'nginx' | 'haproxy'
  /** The configuration of the docs, fitted to a test: other ports, another certificate. */
  readonly fitted: (docs: string, at: { port: number; folder: string; servers: readonly string[]; pem: Pem }) => string
  readonly args: (file: string) => string[]
}

type Pem = { readonly cert: string; readonly key: string; readonly both: string }

const withServers = (docs: string, servers: readonly string[]) =>
  docs.replace('127.0.0.1:8081', `${servers[0]}`).replace('127.0.0.1:8082', `${servers[1]}`)

const NGINX: Proxy = {
  program: 'nginx',
  fitted: (docs, { port, folder, servers, pem }) => `
    daemon off; pid ${folder}/pid; error_log stderr; events {}
    http {
      access_log off;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join(' ')}
      ${withServers(docs, servers)
        .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
        .replace('/etc/ssl/live.example.com/fullchain.pem', pem.cert)
        .replace('/etc/ssl/live.example.com/privkey.pem', pem.key)}
    }`,
  args: (file) => ['-c', file, '-e', 'stderr'],
}

const HAPROXY: Proxy = {
  program: 'haproxy',
  fitted: (docs, { port, servers, pem }) =>
    `${withServers(docs, servers)
      // The machine of a test may have fewer file handles.
      .replace('maxconn 20000', 'maxconn 1000')
      .replace('bind :443', `bind 127.0.0.1:${port}`)
      .replace('/etc/ssl/live.example.com/both.pem', pem.both)}\n`,
  args: (file) => ['-db', '-f', file],
}

/** A certificate for this machine. */
async function certificate(): Promise<Pem> {
  const folder = await emptyFolder()
  const [cert, key, both] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=localhost',
  ]
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', [...made, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  writeFileSync(both, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'))
  return { cert, key, both }
}

async function serving(trustProxy: number): Promise<{ server: PeerstageServer; address: string }> {
  const auth = { secret: SECRET }
  const server = createPeerstageServer({
    auth,
    iceServers: [],
    logLevel: 'silent',
    trustProxy,
    maxSocketsPerAddress: 1,
  })
  onTestFinished(() => server.close({ deadlineMs: 0 }))
  const { port } = await server.listen(0, '127.0.0.1')
  return { server, address: `127.0.0.1:${port}` }
}

async function docsOf({ program }: Proxy): Promise<string> {
  return (await settingsOfDocs(`\`\`\`${program}`, 'proxies')).join('\n')
}

/** Two servers behind a proxy, and how it is asked. */
async function behind(proxy: Proxy, trustProxy = 1) {
  const pem = await certificate()
  const ca = readFileSync(pem.cert, 'utf8')
  const both = [await serving(trustProxy), await serving(trustProxy)]
  const docs = await docsOf(proxy)
  const daemon = await Daemon.start({
    program: proxy.program,
    debian: proxy.program,
    settings: (port, folder) => proxy.fitted(docs, { port, folder, servers: both.map(({ address }) => address), pem }),
    args: proxy.args,
  })
  onTestFinished(() => daemon.stop())
  const url = `https://${daemon.address}`
  const status = (path: string, token: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` }
      get(`${url}${path}`, { ca, headers }, (response) => resolve(response.resume().statusCode)).once('error', reject)
    })
  const enter = (room: string, hello: object) => new TestClient(url, room, { ca, ...hello })
  return { servers: both.map(({ server }) => server), enter, status }
}

describe.each([NGINX, HAPROXY])('$program, as docs/proxies.md has it,', (proxy) => {
  test('sends the sockets and the REST calls of a room to one process, for 30 rooms, and uses both', async () => {
    const { servers, enter, status } = await behind(proxy)
    const places = new Set<number>()
    for (const room of ROOMS) {
      const token = await signToken({ secret: SECRET, room, identity: 'ada', role: 'host' })
      const client = enter(room, { token })
      await client.welcome()
      const holding = servers.flatMap(({ rooms }, index) => (rooms.stats(room) === undefined ? [] : [index]))
      expect([room, holding]).toEqual([room, [expect.any(Number)]])
      places.add(holding[0] ?? -1)
      // Another process would say that there is no such room.
      expect([room, await status(`/v1/rooms/${room}/stats`, token)]).toEqual([room, 200])
      client.cut()
      await client.closed
    }
    expect([...places].sort()).toEqual([0, 1])
  })

  test('lets the largest hello pass', async () => {
    const { enter } = await behind(proxy)
    const client = enter('hall', { ...LARGE_HELLO, token: largestToken(SECRET) })
    await client.welcome()
    expect(await client.ask({ type: 'chat.send', text: 'through the proxy' })).toMatchObject({ ok: true })
  })

  test('says who its client is behind what the client says of itself, once', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.7' }
    const enterAs = async (identity: string, enter: Awaited<ReturnType<typeof behind>>['enter']) =>
      enter('hall', { token: await signToken({ secret: SECRET, room: 'hall', identity }), headers })
    const { enter } = await behind(proxy)
    for (const identity of ['ada', 'ben']) await (await enterAs(identity, enter)).welcome()
    // One proxy more than there are: now the client's own word counts, and of one address one socket may be open.
    const believing = await behind(proxy, 2)
    await (await enterAs('ada', believing.enter)).welcome()
    expect(await (await enterAs('ben', believing.enter)).goodbye()).toMatchObject({ code: 'busy' })
  })

  test('keeps health, metrics and other paths inside', async () => {
    const { status } = await behind(proxy)
    for (const path of ['/metrics', '/livez', '/', '/v1/identities/ada'])
      expect([path, await status(path, '')]).toEqual([path, 404])
  })

  test('waits longer for a word than the server, which pings an idle socket', async () => {
    const docs = await docsOf(proxy)
    const waits = [...docs.matchAll(/(?:_(?:read|send)_timeout|timeout (?:tunnel|client|server)) (\d+)s/g)]
    expect(waits).toHaveLength(proxy === NGINX ? 2 : 3)
    for (const [, seconds] of waits) expect(1000 * Number(seconds)).toBeGreaterThan(2 * PING_MS)
  })
})
