import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy: bytes, ends and resets all arrive so many ms late, each way, in their order. */
export class SlowLine {
  readonly url: string
  readonly #server: Server
  readonly #open = new Set<Socket>()

  static async to(target: string, ms: number): Promise<SlowLine> {
    const { hostname, port } = new URL(target)
    const server = createServer({ allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const line = new SlowLine(server)
    server.on('connection', (client) => line.#carry(client, connect({ port: Number(port), host: hostname }), ms))
    return line
  }

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** How many sockets are open, of clients and to the server. */
  get openCount(): number {
    return this.#open.size
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #carry(client: Socket, upstream: Socket, ms: number): void {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#open.add(from)
      from.on('error', () => {})
      from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), ms))
      from.on('end', () => setTimeout(() => to.end(), ms))
      from.on('close', () => {
        this.#open.delete(from)
        setTimeout(() => to.destroy(), ms)
      })
    }
  }
}
