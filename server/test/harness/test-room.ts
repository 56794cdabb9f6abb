import { onTestFinished } from 'vitest'
import { createTestServer, type TestServer, type TestServerOptions } from '../../src/testing/index'
import { TestClient, type TestClientOptions } from './test-client'

type EnterOptions = TestClientOptions & { readonly expiresInSeconds?: number }

export type TestRoom = {
  readonly server: TestServer
  readonly connect: (options?: TestClientOptions) => TestClient
  /** Connects to the room `hall` with a token: `ada` is its host, all others are guests. */
  readonly enter: (identity: string, options?: EnterOptions) => Promise<TestClient>
}

/** A test server, and clients without the SDK. All are closed after the test. */
export async function openRoom(options: TestServerOptions = {}): Promise<TestRoom> {
  const server = await createTestServer(options)
  const clients: TestClient[] = []
  onTestFinished(async () => {
    for (const client of clients) client.cut()
    await server.close()
  })
  const connect = (options?: TestClientOptions) => {
    const client = new TestClient(server.url, 'hall', options)
    clients.push(client)
    return client
  }
  const enter = async (identity: string, { expiresInSeconds, ...options }: EnterOptions = {}) => {
    const role = identity === 'ada' ? 'host' : 'guest'
    const life = expiresInSeconds === undefined ? {} : { expiresInSeconds }
    const token = await server.token({ room: 'hall', identity, name: identity, role, ...life })
    const client = connect({ token, ...options })
    await client.welcome()
    return client
  }
  return { server, connect, enter }
}

export const say = (text: string) => ({ type: 'chat.send', text }) as const

/** The texts of all `chat.sent` events that a client received, in order, duplicates included. */
export const heard = (client: TestClient): string[] =>
  client.events('chat.sent').map(({ logged }) => (logged.event as { message: { text: string } }).message.text)
