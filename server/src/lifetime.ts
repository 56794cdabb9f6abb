import { createServer, type Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { ConfigError } from './config'
import type { Gateway } from './gateway/gateway'
import { setAlarm } from './hosting/alarm'
import type { Clock, Journal, RoomLog } from './hosting/ports'
import type { Recovery } from './hosting/recovery'
import type { Rooms } from './hosting/rooms'
import type { RequestListener } from './http/listener'
import { standardErrorFlushed } from './standard-error'

const DEFAULT_DEADLINE_MS = 25_000
/** Node's own are 60 s and 300 s: a slow request would hold a socket for that long. */
const HTTP_TIMEOUT_MS = 10_000
/** Node looks for overdue requests each 30 s: ten seconds would be forty. */
const HTTP_CHECK_MS = 1000

const HTTP_TIMEOUTS = {
  headersTimeout: HTTP_TIMEOUT_MS,
  requestTimeout: HTTP_TIMEOUT_MS,
  connectionsCheckingInterval: HTTP_CHECK_MS,
}

/** An app's own server is warned of beyond this: no honest client takes so long for its headers. */
const LONGEST_HEADERS_MS = 20_000

export type LifetimeParts = {
  readonly clock: Clock
  readonly journal: Journal
  readonly gateway: Gateway
  readonly rooms: Rooms
  /** Started once somebody can come back: graces count from then. */
  readonly recovery: Pick<Recovery, 'start'>
  readonly log: RoomLog
  readonly requestListener: RequestListener
  /** Dev mode gives a token to whoever asks, so nobody else's machine may ask. */
  readonly localOnly: boolean
  /** Called once, before anything is closed. */
  readonly draining: () => void
}

/** From the first socket to the last one. */
export type Lifetime = {
  /**
   * Takes the upgrades under `/v1/rooms/` of an app's own server. Foreign paths are left alone. Harmless to repeat.
   * @throws Error when it is closed
   */
  attach(server: Server | SecureServer): void
  /**
   * Serves stand-alone. Port 0 takes any free one.
   * @throws Error when the address cannot be listened on, it listens already, or it is (or meanwhile was) closed; ConfigError for dev mode beyond this machine
   */
  listen(port: number, host?: string): Promise<{ readonly url: string; readonly port: number }>
  /**
   * Drains: not ready any more, a goodbye to everybody, then the end, at the latest after `deadlineMs` (default 25,000:
   * within the 30 s that Kubernetes gives). Idempotent.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** Starts and ends: listening, being attached, and the drain, once. */
export function createLifetime(parts: LifetimeParts): Lifetime {
  const { gateway, localOnly } = parts
  const attached = new Map<Server | SecureServer, () => void>()
  let server: Server | undefined
  let closed: Promise<void> | undefined
  return {
    attach(foreign) {
      if (closed !== undefined) throw new Error('This server is closed: make another one.')
      // Two listeners would take the same upgrade, and `ws` throws at the second one.
      if (attached.has(foreign)) return
      warnOfSlowHeaders(foreign, parts.journal)
      attached.set(foreign, gateway.attach(foreign))
      if (foreign.listening) void parts.recovery.start()
      else foreign.once('listening', () => void parts.recovery.start())
    },
    async listen(port, host = localOnly ? 'localhost' : undefined) {
      if (localOnly && !isLoopback(host)) {
        throw new ConfigError([{ path: 'host', sentence: 'must be this machine (localhost) in dev mode' }])
      }
      if (closed !== undefined) throw new Error('This server is closed: make another one.')
      if (server !== undefined) throw new Error('This server listens already: it can do so once.')
      server = createServer(HTTP_TIMEOUTS, parts.requestListener)
      gateway.attach(server)
      try {
        const address = await listening(server, port, host)
        if (closed === undefined) {
          void parts.recovery.start()
          return address
        }
        // `close` found nothing that listened yet.
        server.close()
        server.closeAllConnections()
        throw new Error('This server was closed before it could listen.')
      } catch (error) {
        server = undefined
        throw error
      }
    },
    close({ deadlineMs = DEFAULT_DEADLINE_MS } = {}) {
      closed ??= end(parts, server, deadlineMs).finally(() => {
        for (const detach of attached.values()) detach()
      })
      return closed
    },
  }
}

/** The app's server is the app's to set up; but whoever sends its headers slowly holds a socket that nobody counts. */
function warnOfSlowHeaders({ headersTimeout }: Server | SecureServer, journal: Journal): void {
  if (headersTimeout > 0 && headersTimeout <= LONGEST_HEADERS_MS) return
  const advice =
    'a slow request can hold a socket of the http.Server for long: set its headersTimeout to 10,000 ms or so'
  journal.warn({ headersTimeout }, advice)
}

export const isLoopback = (host: string | undefined): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host ?? '')

function listening(server: Server, port: number, host: string | undefined): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    // It stays: an error without a listener would end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, host)))
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      const address = server.address() as AddressInfo
      resolve({ url: `http://${shown(host)}:${address.port}`, port: address.port })
    })
  })
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

async function end(parts: LifetimeParts, server: Server | undefined, deadlineMs: number): Promise<void> {
  parts.draining()
  // No new connections, while the goodbyes go out.
  const httpClosed = server?.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : undefined
  let cancel = () => {}
  const overdue = new Promise<void>((resolve) => {
    cancel = setAlarm(parts.clock, parts.clock.now() + deadlineMs, resolve)
  })
  await parts.gateway.drain(deadlineMs)
  parts.rooms.close()
  server?.closeAllConnections()
  try {
    // Neither a socket that was upgraded, which is beyond `closeAllConnections`, nor a log that hangs may hold the end up,
    await Promise.race([Promise.all([httpClosed, parts.log.close()]), overdue])
    // nor lines that nobody reads.
    await Promise.race([standardErrorFlushed(), overdue])
  } finally {
    cancel()
  }
}
