import { onTestFinished } from 'vitest'
import { createTestServer, type TestServer, type TestServerOptions } from '../../src/testing/index'
import { type Knocking, TestClient } from './test-client'

type Entering = Knocking & { readonly expiresInSeconds?: number }

export type TestRoom = {
  readonly server: TestServer
  readonly connect: (knocking?: Knocking) => TestClient
  /** Connects to the room `hall` with a token: `ada` is its host, everybody else a guest. */
  readonly enter: (identity: string, options?: Entering) => Promise<TestClient>
}

/** A test server and clients that speak the protocol by hand, closed when the test is over. */
export async function openRoom(options: TestServerOptions = {}): Promise<TestRoom> {
  const server = await createTestServer(options)
  const clients: TestClient[] = []
  onTestFinished(async () => {
    for (const client of clients) client.cut()
    await server.close()
  })
  const connect = (knocking?: Knocking) => {
    const client = new TestClient(server.url, 'hall', knocking)
    clients.push(client)
    return client
  }
  const enter = async (identity: string, { expiresInSeconds, ...knocking }: Entering = {}) => {
    const role = identity === 'ada' ? 'host' : 'guest'
    const life = expiresInSeconds === undefined ? {} : { expiresInSeconds }
    const token = await server.token({ room: 'hall', identity, name: identity, role, ...life })
    const client = connect({ token, ...knocking })
    await client.welcome()
    return client
  }
  return { server, connect, enter }
}

export const say = (text: string) => ({ type: 'chat.send', text }) as const

/** The texts of the chat that a client was told of, in their order, doubled ones too. */
export const heard = (client: TestClient): string[] =>
  client.events('chat.sent').map(({ logged }) => (logged.event as { message: { text: string } }).message.text)
