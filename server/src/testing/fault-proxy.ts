import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ClientOptions, WebSocket as NodeWebSocket, type ServerOptions, WebSocketServer } from 'ws'
import { answeredProtocol } from '../gateway/handshake/hello'
import { answerPlainly, asksForWebSocket } from '../gateway/handshake/upgrades'
import type { RequestListener } from '../http/listener'
import type { CountedFault } from './fault'
import type { FaultTarget } from './message-rule'
import { ABNORMAL, ProxiedConnection, type ProxiedConnectionPorts } from './proxied-connection'
import { readUpgradeRequest, type UpgradeRequest } from './upgrade-request'

/** The current outages, each with the identity that it affects. */
export type Outages = Set<FaultTarget & { readonly fault: CountedFault }>

/** The proxy relays bytes unchanged, so that the other end reports what is wrong with them. */
const PLAIN = { perMessageDeflate: false, autoPong: false, skipUTF8Validation: true, closeTimeout: 2000 }

export type FaultProxyPorts = ProxiedConnectionPorts & {
  readonly requestListener: RequestListener
  readonly outages: Outages
}

/** A proxy between clients and server, which relays all connections and injects faults. */
export class FaultProxy {
  readonly #ports: FaultProxyPorts
  readonly #connections = new Set<ProxiedConnection>()
  readonly #http: Server
  readonly #sockets: WebSocketServer
  #target = ''

  constructor(ports: FaultProxyPorts) {
    this.#ports = ports
    const options: ServerOptions & { closeTimeout: number } = {
      ...PLAIN,
      noServer: true,
      clientTracking: false,
      handleProtocols: answeredProtocol,
    }
    this.#sockets = new WebSocketServer(options)
    this.#http = createServer(ports.requestListener)
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** The open connections of one identity, or all. */
  connections(identity?: string): ProxiedConnection[] {
    return [...this.#connections].filter(
      (connection) => connection.isOpen && (identity === undefined || connection.identity === identity),
    )
  }

  /** Starts to relay connections to a server. Returns the URL for clients, with the same path. */
  async listen(target: string): Promise<string> {
    const { host: server, pathname } = new URL(target)
    this.#target = `ws://${server}`
    this.#http.listen(0, '127.0.0.1')
    await once(this.#http, 'listening')
    const { port } = this.#http.address() as AddressInfo
    return `http://127.0.0.1:${port}${pathname.replace(/\/$/, '')}`
  }

  /** Idempotent. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.cut(ABNORMAL)
    if (!this.#http.listening) return
    const closed = once(this.#http, 'close')
    this.#http.close()
    this.#http.closeAllConnections()
    await closed
  }

  /** Waits for the answer of the server, and gives the client the same answer. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!asksForWebSocket(request)) return answerPlainly(this.#http, request, socket, head)
    socket.on('error', () => socket.destroy())
    const upgradeRequest = readUpgradeRequest(request, this.#ports.expired)
    if (this.#isOut(upgradeRequest.identity)) return void socket.destroy()
    const server = this.#dial(request, upgradeRequest)
    if (server === undefined) return void socket.destroy()
    const gone = () => server.terminate()
    const failed = () => socket.destroy()
    socket.once('close', gone)
    server.on('error', failed)
    server.once('unexpected-response', (_request, response) => reject(socket, response))
    server.once('open', () => {
      socket.off('close', gone)
      server.off('error', failed)
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#join(upgradeRequest, client, server))
    })
  }

  #isOut(identity: string | undefined): boolean {
    const outage = [...this.#ports.outages].find((each) => each.identity === undefined || each.identity === identity)
    outage?.fault.happen()
    return outage !== undefined
  }

  /** `undefined`: the client's list of subprotocols is invalid. */
  #dial({ url, headers }: IncomingMessage, { protocols }: UpgradeRequest): NodeWebSocket | undefined {
    const options: ClientOptions & { closeTimeout: number } = { ...PLAIN, headers: passedOn(headers) }
    try {
      return new NodeWebSocket(`${this.#target}${url}`, protocols, options)
    } catch {
      return undefined
    }
  }

  #join(upgradeRequest: UpgradeRequest, client: NodeWebSocket, server: NodeWebSocket): void {
    const connection = new ProxiedConnection(this.#ports, upgradeRequest, client, server)
    this.#connections.add(connection)
    client.once('close', () => this.#connections.delete(connection))
  }
}

/** The headers of the client without those of the handshake. */
function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const own = (name: string) => name === 'connection' || name === 'upgrade' || name.startsWith('sec-websocket-')
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (own(name) ? [] : [[name, String(value)]])),
  )
}

/** Relays an answer that is not an upgrade. */
function reject(socket: Duplex, response: IncomingMessage): void {
  const { statusCode, statusMessage, headers } = response
  const told = ['content-type', 'retry-after'].filter((name) => headers[name] !== undefined)
  const lines = told.map((name) => `${name}: ${headers[name]}\r\n`)
  socket.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}Connection: close\r\n\r\n`)
  socket.once('finish', () => socket.destroy())
  response.pipe(socket)
}
