import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A wire to a server on this machine on which everything takes its time, each way. It must be closed. */
export class TcpDelay {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  static async to(port: number, ms: number): Promise<TcpDelay> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TcpDelay(server, port, ms)
  }

  private constructor(server: Server, target: number, ms: number) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (client) => {
      const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
      client.setNoDelay(true)
      this.#carry(client, upstream, ms)
      this.#carry(upstream, client, ms)
    })
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #carry(from: Socket, to: Socket, ms: number): void {
    this.#sockets.add(from)
    // Timers of one length come in their order, and so do the bytes.
    from.on('data', (data) => setTimeout(() => to.write(data), ms))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      setTimeout(() => to.destroy(), ms)
    })
  }
}
