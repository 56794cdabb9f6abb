import type { Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { isLoopbackAddress } from './auth/local-request'
import { ConfigError } from './config/settings'
import type { Gateway } from './gateway/gateway'
import type { HttpServer } from './gateway/handshake/upgrades'
import type { Recovery } from './hosting/recovery'
import type { Rooms } from './hosting/rooms'
import { type Listening, OwnServers, type OwnServersPorts } from './http/own-servers'
import { stderrFlushed } from './logging/stderr'
import type { Clock } from './ports/clock'
import { setTimer } from './ports/clock'
import type { Logger } from './ports/logger'
import type { RoomLog } from './ports/room-log'

const DEFAULT_DEADLINE_MS = 25_000
/** Beyond this, there is a warning about an app's own server: no honest client takes so long for its headers. */
const LONGEST_HEADERS_MS = 20_000

export type LifecyclePorts = OwnServersPorts & {
  readonly clock: Clock
  readonly logger: Logger
  readonly gateway: Gateway
  readonly rooms: Rooms
  /** Started when clients can come back: graces count from then. */
  readonly recovery: Pick<Recovery, 'start'>
  readonly log: Pick<RoomLog, 'close'>
  /** What all paths are below; empty: at the top. */
  readonly basePath: string
  /** Dev mode gives a token to every caller, so only this machine may ask. */
  readonly localOnly: boolean
  /** Called once, before any client is disconnected: readiness ends first. */
  readonly draining: () => void
  /** Called once, when no client is served any more. */
  readonly ended: () => void
}

/** From the first socket to the last one. */
export type Lifecycle = {
  /**
   * Takes the WebSockets under `/v1/rooms/` (and the `basePath` before it) of an app's own server. Foreign paths are left alone: where the app does not listen for
   * upgrades, they are answered as plain requests, WebSockets after 5 s in which a listener may still come. Harmless to repeat.
   * @throws Error when it is closed, or another server of Peerstage that is not has this path of that server
   */
  attach(server: Server | SecureServer): void
  /**
   * Serves stand-alone, and metrics on the port of `metrics.port`, if there is one. Port 0 takes any free one. `url` is what clients are
   * told, the `basePath` in it.
   * @throws Error when the address cannot be listened on, it listens already, or it is (or meanwhile was) closed; ConfigError for dev mode beyond this machine
   */
  listen(port: number, host?: string): Promise<Listening>
  /**
   * Drains: not ready any more, a goodbye to all clients, then the end, at the latest after `deadlineMs` (default 25,000:
   * within the 30 s that Kubernetes gives). Until the end HTTP is answered, and a client that still connects gets a goodbye. An app's own server
   * goes on listening: it is the app's to close. Idempotent.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** Starts and ends: listening, being attached, and the drain, once. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: its methods share the state of one server
export function createLifecycle(ports: LifecyclePorts): Lifecycle {
  const { gateway, localOnly } = ports
  const attached = new Map<HttpServer, () => void>()
  let own: OwnServers | undefined
  let closed: Promise<void> | undefined
  return {
    attach(foreign) {
      assertOpen(closed)
      // Two listeners would take the same upgrade, and `ws` throws at the second one.
      if (attached.has(foreign)) return
      attached.set(foreign, gateway.attach(foreign, 'app'))
      warnOfSlowHeaders(foreign, ports.logger)
      if (foreign.listening) void ports.recovery.start()
      else foreign.once('listening', () => void ports.recovery.start())
    },
    async listen(port, host = localOnly ? 'localhost' : undefined) {
      if (localOnly) assertLoopback({ host, 'metrics.host': ports.metrics.host })
      assertOpen(closed)
      if (own !== undefined) throw new Error('This server listens already: it can do so once.')
      own = new OwnServers(ports)
      gateway.attach(own.main.http, 'own')
      try {
        const address = await own.listen(port, host)
        if (closed === undefined) {
          void ports.recovery.start()
          return { ...address, url: address.url + ports.basePath }
        }
        // `close` found nothing that listened yet.
        void own.cut()
        throw new Error('This server was closed before it could listen.')
      } catch (error) {
        own = undefined
        throw error
      }
    },
    close({ deadlineMs = DEFAULT_DEADLINE_MS } = {}) {
      closed ??= end(ports, own, deadlineMs).finally(() => {
        for (const detach of attached.values()) detach()
      })
      return closed
    },
  }
}

/** The app configures its own server; but a client that sends its headers slowly holds a socket that is not counted. */
function warnOfSlowHeaders({ headersTimeout }: HttpServer, logger: Logger): void {
  if (headersTimeout > 0 && headersTimeout <= LONGEST_HEADERS_MS) return
  const advice =
    'a slow request can hold a socket of the http.Server for long: set its headersTimeout to 10,000 ms or so'
  logger.warn({ headersTimeout }, advice)
}

/** @throws ConfigError naming the first option that is another machine's address */
function assertLoopback(hosts: Readonly<Record<string, string | undefined>>): void {
  for (const [path, host] of Object.entries(hosts)) {
    if (host === 'localhost' || isLoopbackAddress(host)) continue
    throw new ConfigError([{ path, sentence: 'must be this machine (localhost) in dev mode' }])
  }
}

function assertOpen(closed: Promise<void> | undefined): void {
  if (closed !== undefined) throw new Error('This server is closed: make another one.')
}

async function end(ports: LifecyclePorts, own: OwnServers | undefined, deadlineMs: number): Promise<void> {
  ports.draining()
  let cancel = () => {}
  const overdue = new Promise<void>((resolve) => {
    cancel = setTimer(ports.clock, deadlineMs, resolve)
  })
  await ports.gateway.drain(deadlineMs)
  await own?.close(overdue)
  ports.ended()
  ports.rooms.close()
  try {
    // Neither a log that hangs nor unread lines may delay the end.
    await Promise.race([ports.log.close(), overdue])
    await Promise.race([stderrFlushed(), overdue])
  } finally {
    cancel()
  }
}
