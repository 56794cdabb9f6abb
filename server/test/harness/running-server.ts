import { onTestFinished } from 'vitest'
import { createPeerstageServer, type PeerstageServer, type PeerstageServerOptions } from '../../src/index'
import { TestClient, type TestClientOptions } from './test-client'

export const SECRET = 'a secret of the tests, long enough to be one'

export type Running = {
  readonly url: string
  readonly server: PeerstageServer
  readonly connect: (room: string, options?: TestClientOptions) => TestClient
  /** Connects with a token for this identity. */
  readonly enter: (room: string, identity: string, options?: EnterOptions) => Promise<TestClient>
}

export type EnterOptions = TestClientOptions & {
  readonly role?: 'host' | 'cohost' | 'guest' | 'viewer'
  readonly expiresInSeconds?: number
}

/** Starts a server on a free port. It is closed after the test. */
export async function runServer(options: PeerstageServerOptions = {}): Promise<Running> {
  const server = makeServer(options)
  const { url } = await server.listen(0, '127.0.0.1')
  onTestFinished(() => server.close({ deadlineMs: 0 }))
  return { url, server, ...visitorsOf(server, url) }
}

/** A server that logs nothing, with the secret of the tests; `options` override both. */
export function makeServer(options: PeerstageServerOptions): PeerstageServer {
  const data = options.dev ? options : { auth: { secret: SECRET }, ...options }
  // Tests read the metrics at the public port.
  return createPeerstageServer({ logLevel: 'silent', metrics: { public: true }, ...data })
}

/** Functions that connect to a server. The connections are cut after the test. */
export function visitorsOf(server: PeerstageServer, url: string): Pick<Running, 'connect' | 'enter'> {
  const connect = (room: string, options?: TestClientOptions) => {
    const client = new TestClient(url, room, options)
    onTestFinished(() => client.cut())
    return client
  }
  const enter = async (room: string, identity: string, { role, expiresInSeconds, ...options }: EnterOptions = {}) => {
    const life = expiresInSeconds === undefined ? {} : { expiresInSeconds }
    const token = await server.tokens.sign({ room, identity, name: identity, role: role ?? 'guest', ...life })
    return connect(room, { token, ...options })
  }
  return { connect, enter }
}
