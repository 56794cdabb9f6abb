import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A wire between pages and the server that can be cut: open sockets break, new ones are refused, until it heals. */
export class TcpProxy {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut = false

  static async to(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target)
    const server = createServer()
    const proxy = new TcpProxy(server, await listening(server))
    server.on('connection', (client) => proxy.#forward(client, hostname, Number(port)))
    return proxy
  }

  private constructor(server: Server, port: number) {
    this.#server = server
    this.url = `http://127.0.0.1:${port}`
  }

  cut(): void {
    this.#cut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  heal(): void {
    this.#cut = false
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #forward(client: Socket, host: string, port: number): void {
    if (this.#cut) {
      client.destroy()
      return
    }
    const upstream = connect(port, host)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
