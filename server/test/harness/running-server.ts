import { onTestFinished } from 'vitest'
import { createPeerstageServer, type PeerstageServer, type PeerstageServerOptions } from '../../src/index'
import { type Knocking, TestClient } from './test-client'

export const SECRET = 'a secret of the tests, long enough to be one'

export type Running = {
  readonly url: string
  readonly server: PeerstageServer
  readonly connect: (room: string, knocking?: Knocking) => TestClient
  /** Connects with a token for this identity. */
  readonly enter: (room: string, identity: string, options?: Entering) => Promise<TestClient>
}

export type Entering = Knocking & {
  readonly role?: 'host' | 'cohost' | 'guest' | 'viewer'
  readonly expiresInSeconds?: number
}

/** A whole server on a free port, closed with everything that connected when the test is over. */
export async function runServer(options: PeerstageServerOptions = {}): Promise<Running> {
  const server = makeServer(options)
  const { url } = await server.listen(0, '127.0.0.1')
  onTestFinished(() => server.close({ deadlineMs: 0 }))
  return { url, server, ...visitorsOf(server, url) }
}

/** A silent server with a secret of the tests, unless it is to be otherwise. */
export function makeServer(options: PeerstageServerOptions): PeerstageServer {
  const data = options.dev ? options : { auth: { secret: SECRET }, ...options }
  // Tests read what is counted at the server's own port.
  return createPeerstageServer({ logLevel: 'silent', metrics: { public: true }, ...data })
}

/** How to connect to a server; the connections are cut when the test is over. */
export function visitorsOf(server: PeerstageServer, url: string): Pick<Running, 'connect' | 'enter'> {
  const connect = (room: string, knocking?: Knocking) => {
    const client = new TestClient(url, room, knocking)
    onTestFinished(() => client.cut())
    return client
  }
  const enter = async (room: string, identity: string, { role, expiresInSeconds, ...knocking }: Entering = {}) => {
    const life = expiresInSeconds === undefined ? {} : { expiresInSeconds }
    const token = await server.tokens.sign({ room, identity, name: identity, role: role ?? 'guest', ...life })
    return connect(room, { token, ...knocking })
  }
  return { connect, enter }
}
