import { WebSocket } from 'ws'
import { createPeerstageServer, type PeerstageServer, type PeerstageServerOptions } from '../../../server/src/index'
import { LiveStreamClient, type LiveStreamClientOptions } from '../../src/index'

/** A real server on a free port, with real clients in its room `test`. No WebRTC: what is tested here is the signaling. */
export class RoomHouse {
  readonly #options: Partial<PeerstageServerOptions>
  #server: PeerstageServer | undefined
  #url = ''
  readonly #clients: LiveStreamClient[] = []

  constructor(options: Partial<PeerstageServerOptions> = {}) {
    this.#options = options
  }

  async url(): Promise<string> {
    if (this.#server === undefined) {
      const dev = this.#options.auth === undefined
      this.#server = createPeerstageServer({ dev, logLevel: 'silent', iceServers: [], ...this.#options })
      this.#url = (await this.#server.listen(0)).url
    }
    return this.#url
  }

  get server(): PeerstageServer {
    if (this.#server === undefined) throw new Error('ask for the url first')
    return this.#server
  }

  async client(name: string, options: Partial<LiveStreamClientOptions> = {}): Promise<LiveStreamClient> {
    const client = new LiveStreamClient({ url: await this.url(), room: 'test', name, WebSocket, ...options })
    this.#clients.push(client)
    return client
  }

  async join(name: string, options: Partial<LiveStreamClientOptions> = {}): Promise<LiveStreamClient> {
    const client = await this.client(name, options)
    await client.join()
    return client
  }

  /** Joins by a token that makes a viewer of it. */
  async joinAsViewer(name: string): Promise<LiveStreamClient> {
    await this.url()
    return this.join(name, { token: await this.server.tokens.sign({ room: 'test', identity: name, name }) })
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.leave()))
    await this.#server?.close({ deadlineMs: 1000 })
    this.#server = undefined
  }
}
