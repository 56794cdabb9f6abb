import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Meter } from '../ports/meter'
import type { RejectionReason } from '../ports/rejection-reason'
import type { RequestListener } from './listener'

/** Node's defaults are 60 s and 300 s: for that time a slow request could occupy a socket. */
const HTTP_TIMEOUT_MS = 10_000
/** Node's default check for overdue requests runs every 30 s: a timeout of 10 s could take 40 s. */
const HTTP_CHECK_MS = 1000

const HTTP_TIMEOUTS = {
  headersTimeout: HTTP_TIMEOUT_MS,
  requestTimeout: HTTP_TIMEOUT_MS,
  connectionsCheckingInterval: HTTP_CHECK_MS,
}

/**
 * Connections that the operating system holds until they are accepted; it has a bound of its own (`net.core.somaxconn`). Node's default
 * of 511 overflows when a crowd comes back after a crash: a client whose SYN is dropped tries again after 1, 3 and 7 s.
 */
const BACKLOG = 4096

/** TCP connections besides the WebSockets: health, metrics and REST, rejected connections, and those without a complete request. */
const HTTP_HEADROOM = 100

export type OwnServerPorts = {
  readonly requestListener: RequestListener
  readonly meter: Pick<Meter, 'rejection'>
  /** WebSockets of the process. */
  readonly maxSockets: number
}

/** The HTTP server of a stand-alone process: one port, with limits on connections and slow requests. */
export class OwnServer {
  readonly http: Server
  /** Pending responses by connection, where there are any. With pipelined requests, the responses after the first emit no event when the connection breaks. */
  readonly #answering = new Map<Socket, Set<ServerResponse>>()

  readonly #meter: OwnServerPorts['meter']

  /** The same for all connections: a WebSocket keeps it as long as it lives. */
  readonly #countFault = ({ code }: NodeJS.ErrnoException): void => {
    const reason = reasonOf(code)
    if (reason !== undefined) this.#meter.rejection(reason)
  }

  /** A listener of connections. */
  readonly #forget: (this: Socket) => void

  constructor({ requestListener, meter, maxSockets }: OwnServerPorts) {
    this.#meter = meter
    const answering = this.#answering
    this.#forget = function () {
      answering.delete(this)
    }
    this.http = createServer(HTTP_TIMEOUTS, requestListener)
    this.http.maxConnections = maxSockets + HTTP_HEADROOM
    this.http.on('drop', () => meter.rejection('connections_full'))
    // Not `clientError`: a listener for that must answer, and Node's own answer is right.
    this.http.on('connection', (socket) => {
      // An upgrade that is answered as a plain request emits `connection` a second time.
      if (!socket.listeners('error').includes(this.#countFault)) socket.on('error', this.#countFault)
    })
    this.http.on('request', ({ socket }, response) => this.#add(socket, response))
  }

  /** @throws Error when listening fails */
  listen(port: number, host: string | undefined): Promise<{ url: string; port: number }> {
    return new Promise((resolve, reject) => {
      // The listener stays, because an error without a listener would end the process.
      this.http.on('error', (error: NodeJS.ErrnoException) => {
        if (this.http.listening) this.#meter.rejection('accept_failed', { fault: error.code ?? error.message })
        else reject(explained(error, port, host))
      })
      this.http.listen({ port, backlog: BACKLOG, ...(host === undefined ? {} : { host }) }, () => {
        const address = this.http.address() as AddressInfo
        resolve({ url: `http://${shown(host)}:${address.port}`, port: address.port })
      })
    })
  }

  /**
   * Stops listening, and waits until requests that have arrived are answered. Connections that are idle or have an incomplete request are
   * destroyed at once, all others when `overdue` resolves.
   */
  async close(overdue: Promise<void>): Promise<void> {
    // If Node closes a server that is about to listen, it emits neither event, and `listen` would wait forever.
    if (!this.http.listening) return
    const answered = [...this.#answering].map(([socket, answers]) => Promise.race([closed(socket), ended(answers)]))
    await Promise.race([Promise.all(answered), overdue])
    await Promise.race([this.cut(), overdue])
  }

  #add(socket: Socket, response: ServerResponse): void {
    const answers = this.#answering.get(socket) ?? new Set()
    if (answers.size === 0) socket.on('close', this.#forget)
    this.#answering.set(socket, answers.add(response))
    response.once('close', () => {
      answers.delete(response)
      if (answers.size > 0) return
      socket.off('close', this.#forget)
      this.#answering.delete(socket)
    })
  }

  /** Stops listening now. Resolves when all sockets are closed, including upgraded ones, which close by themselves. */
  cut(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.http.close(() => resolve()))
    this.http.closeAllConnections()
    return gone
  }
}

const closed = (stream: Socket | ServerResponse) => new Promise((resolve) => stream.once('close', resolve))
const ended = (answers: ReadonlySet<ServerResponse>) => Promise.all([...answers].map(closed))

/** The reason of a rejection before the request was complete. Undefined for network errors. */
function reasonOf(code = ''): RejectionReason | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'slow_request'
  if (code === 'HPE_HEADER_OVERFLOW') return 'oversized_headers'
  return code.startsWith('HPE_') ? 'bad_request' : undefined
}

/** A host name that a browser on this machine can open. */
function shown(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function explained(error: NodeJS.ErrnoException, port: number, host: string | undefined): Error {
  const where = host === undefined ? `port ${port}` : `port ${port} of ${host}`
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `Another program listens on ${where} already.`,
    EACCES: `This user may not listen on ${where}.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine.`,
    ENOTFOUND: `${host} is not a known host.`,
  }
  return new Error(why[error.code ?? ''] ?? `The server cannot listen on ${where}.`, { cause: error })
}
