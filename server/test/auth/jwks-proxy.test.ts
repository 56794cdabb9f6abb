import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { capturedLog } from '../harness/captured-log'
import { certificate } from '../harness/certificate'
import { runServer } from '../harness/running-server'
import { signedBy, signingPair } from '../harness/signing-keys'

const a = signingPair('EdDSA', 'a')
/** A name that only the proxy can resolve. */
const ENDPOINT = 'https://keys.example.test/jwks.json'
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY']

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined)
  // The certificate is made by the test: whether it is trusted is not what is tested here.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
})
afterEach(() => vi.unstubAllEnvs())

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const secureJwks = () =>
  listening(createSecureServer(certificate(), (_request, response) => response.end(JSON.stringify({ keys: [a.jwk] }))))

/** A real CONNECT proxy (RFC 9110 §9.3.6) whose tunnels all lead to one port of this machine. */
async function tunnelTo(port: number, status = 200) {
  const asked: { target: string; authorization: string | undefined }[] = []
  const proxy = createServer()
  proxy.on('connect', ({ url = '', headers }: IncomingMessage, socket) => {
    asked.push({ target: url, authorization: headers['proxy-authorization'] })
    socket.on('error', () => socket.destroy())
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
  })
  return { asked, address: `127.0.0.1:${await listening(proxy)}` }
}

async function comes(jwksUrl = ENDPOINT) {
  const captured = capturedLog()
  const { connect } = await runServer({ auth: { jwksUrl }, logger: captured.logger })
  return { client: connect('hall', { token: await signedBy(a) }), captured }
}

test.each(['HTTPS_PROXY', 'https_proxy'])('the keys are fetched through the proxy of %s', async (name) => {
  const proxy = await tunnelTo(await secureJwks())
  vi.stubEnv(name, `http://${proxy.address}`)
  await (await comes()).client.welcome()
  expect(proxy.asked).toEqual([{ target: 'keys.example.test:443', authorization: undefined }])
})

test('user and password of the proxy are told to it, and to no other host', async () => {
  const proxy = await tunnelTo(await secureJwks(), 407)
  vi.stubEnv('HTTPS_PROXY', `http://user:hidden@${proxy.address}`)
  const { client, captured } = await comes()
  expect(await client.goodbye()).toMatchObject({ code: 'unavailable' })
  expect(proxy.asked).toMatchObject([{ authorization: `Basic ${Buffer.from('user:hidden').toString('base64')}` }])
  expect(captured.lines().find(({ level }) => level === 40)).toMatchObject({
    fault: expect.stringMatching(/^the endpoint cannot be reached by the proxy of HTTPS_PROXY: /),
  })
  expect(captured.text()).not.toContain('hidden')
})

test.each(['keys.example.test', '.example.test', '*'])('NO_PROXY=%s leaves the proxy out', async (hosts) => {
  const proxy = await tunnelTo(await secureJwks())
  vi.stubEnv('HTTPS_PROXY', `http://${proxy.address}`)
  vi.stubEnv('NO_PROXY', hosts)
  expect(await (await comes()).client.goodbye()).toMatchObject({ code: 'unavailable' })
  expect(proxy.asked).toEqual([])
})

test('this machine is asked directly', async () => {
  const port = await secureJwks()
  const proxy = await tunnelTo(port)
  vi.stubEnv('HTTPS_PROXY', `http://${proxy.address}`)
  await (await comes(`https://localhost:${port}/jwks.json`)).client.welcome()
  expect(proxy.asked).toEqual([])
})

test.each(['http://127.0.0.1:1', 'not an address'])(
  'a proxy that cannot be had (%s) is told of, and nothing ends',
  async (address) => {
    vi.stubEnv('HTTPS_PROXY', address)
    const { client, captured } = await comes()
    expect(await client.goodbye()).toMatchObject({ code: 'unavailable' })
    expect(captured.text()).toContain('by the proxy of HTTPS_PROXY')
  },
)
