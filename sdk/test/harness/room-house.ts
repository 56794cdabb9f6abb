import { WebSocket } from 'ws'
import { createTestServer, type TestServer, type TestServerOptions } from '../../../server/src/testing/index'
import type { Environment } from '../../src/client/environment'
import { LiveStreamClient, type LiveStreamClientOptions } from '../../src/index'

/**
 * A real server on a free port, with real clients in its room `test`, and faults between them. No WebRTC: what is tested here is
 * the signaling. Without `auth` anybody may join, and faults know a client by its name.
 */
export class RoomHouse {
  readonly #options: TestServerOptions
  #server: TestServer | undefined
  readonly #clients: LiveStreamClient[] = []

  constructor(options: TestServerOptions = {}) {
    this.#options = options
  }

  async url(): Promise<string> {
    this.#server ??= await createTestServer({ dev: this.#options.auth === undefined, ...this.#options })
    return this.#server.url
  }

  get server(): TestServer {
    if (this.#server === undefined) throw new Error('ask for the url first')
    return this.#server
  }

  async client(
    name: string,
    options: Partial<LiveStreamClientOptions> = {},
    environment?: Environment,
  ): Promise<LiveStreamClient> {
    const whole = { url: await this.url(), room: 'test', name, WebSocket, ...options }
    const client = new LiveStreamClient(whole, environment)
    this.#clients.push(client)
    return client
  }

  async join(...args: Parameters<RoomHouse['client']>): Promise<LiveStreamClient> {
    const client = await this.client(...args)
    await client.join()
    return client
  }

  /** Joins by a token that makes a viewer of it. */
  async joinAsViewer(name: string): Promise<LiveStreamClient> {
    await this.url()
    return this.join(name, { token: await this.server.token({ room: 'test', identity: name, name }) })
  }

  async close(): Promise<void> {
    this.#server?.faults.clear()
    await Promise.all(this.#clients.splice(0).map((client) => client.leave()))
    await this.#server?.close()
    this.#server = undefined
  }
}
