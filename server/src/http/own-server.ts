import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Meter } from '../ports/meter'
import type { RejectionReason } from '../ports/rejection-reason'
import type { RequestListener } from './listener'

/** Node's own are 60 s and 300 s: a slow request would hold a socket for that long. */
const HTTP_TIMEOUT_MS = 10_000
/** Node looks for overdue requests each 30 s: ten seconds would be forty. */
const HTTP_CHECK_MS = 1000

const HTTP_TIMEOUTS = {
  headersTimeout: HTTP_TIMEOUT_MS,
  requestTimeout: HTTP_TIMEOUT_MS,
  connectionsCheckingInterval: HTTP_CHECK_MS,
}

/** TCP connections beside the WebSockets: health, metrics and REST, rejected connections, and those without a complete request. */
const HTTP_HEADROOM = 100

export type OwnServerOptions = {
  readonly requestListener: RequestListener
  readonly meter: Pick<Meter, 'rejection'>
  /** WebSockets of the process. */
  readonly maxSockets: number
}

/** The HTTP server of a process that serves stand-alone: one port, bounded in what strangers may hold of it. */
export class OwnServer {
  readonly http: Server
  /** By connection, for one that breaks takes answers along that are never said to be over: those behind the first, where requests are pipelined. */
  readonly #answering = new Map<Socket, Set<ServerResponse>>()

  readonly #meter: OwnServerOptions['meter']

  constructor({ requestListener, meter, maxSockets }: OwnServerOptions) {
    this.#meter = meter
    this.http = createServer(HTTP_TIMEOUTS, requestListener)
    this.http.maxConnections = maxSockets + HTTP_HEADROOM
    this.http.on('drop', () => meter.rejection('connections_full'))
    // Not `clientError`: a listener for it has to answer, and Node answers well by itself.
    this.http.on('connection', (socket) => {
      // An upgrade that is answered as a plain request comes as a connection once more.
      if (this.#answering.has(socket)) return
      this.#answering.set(socket, new Set())
      socket.once('close', () => this.#answering.delete(socket))
      socket.once('error', ({ code }: NodeJS.ErrnoException) => {
        const reason = reasonOf(code)
        if (reason !== undefined) meter.rejection(reason)
      })
    })
    this.http.on('request', ({ socket }, response) => {
      const answers = this.#answering.get(socket)
      answers?.add(response)
      response.once('close', () => answers?.delete(response))
    })
  }

  /** @throws Error when the address cannot be listened on */
  listen(port: number, host: string | undefined): Promise<{ url: string; port: number }> {
    return new Promise((resolve, reject) => {
      // It stays: an error without a listener would end the process.
      this.http.on('error', (error: NodeJS.ErrnoException) => {
        if (this.http.listening) this.#meter.rejection('accept_failed', { fault: error.code ?? error.message })
        else reject(explained(error, port, host))
      })
      this.http.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        const address = this.http.address() as AddressInfo
        resolve({ url: `http://${shown(host)}:${address.port}`, port: address.port })
      })
    })
  }

  /**
   * Stops listening, once requests that have arrived are answered. A connection that is idle, or whose request is incomplete, is cut;
   * and all are when it is `overdue`.
   */
  async close(overdue: Promise<void>): Promise<void> {
    // Closed while it is about to listen, Node would neither listen nor say so: `listen` would wait forever.
    if (!this.http.listening) return
    const answered = [...this.#answering].map(([socket, answers]) => Promise.race([closed(socket), ended(answers)]))
    await Promise.race([Promise.all(answered), overdue])
    await Promise.race([this.cut(), overdue])
  }

  /** Stops listening now. Resolves when all sockets are gone, those that were upgraded among them: they end by themselves. */
  cut(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.http.close(() => resolve()))
    this.http.closeAllConnections()
    return gone
  }
}

const closed = (stream: Socket | ServerResponse) => new Promise((resolve) => stream.once('close', resolve))
const ended = (answers: ReadonlySet<ServerResponse>) => Promise.all([...answers].map(closed))

/** The fault of a client before its request was complete. Undefined for faults of the network. */
function reasonOf(code = ''): RejectionReason | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'slow_request'
  if (code === 'HPE_HEADER_OVERFLOW') return 'oversized_headers'
  return code.startsWith('HPE_') ? 'bad_request' : undefined
}

/** A name that a browser on this machine can open. */
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
