import { statSync } from 'node:fs'
import { MODES, ROOMS_PATH } from '@peerstage/sdk/protocol'
import { nanoid } from 'nanoid'
import { type AdminApi, adminApi } from './admin'
import { isLocalRequest } from './auth/local-request'
import type { TokenOptions } from './auth/sign-token'
import { createTokenAuthority } from './auth/token-authority'
import { givenKeys } from './config/auth'
import { arePublic } from './config/metrics'
import { localOrigins, originRule } from './config/origins'
import { ConfigError, checkSettings, type Settings, type SettingsInput } from './config/settings'
import { SERVER_VERSION } from './config/version'
import { audited } from './gateway/audit'
import { Gateway } from './gateway/gateway'
import { addressLabels } from './gateway/handshake/network'
import { peerAddress } from './gateway/handshake/peer-address'
import { chatPage } from './hosting/chat-page'
import { warnOfCluster } from './hosting/cluster-worker'
import { Erasure } from './hosting/erasure'
import { watchLog } from './hosting/log-health'
import { Recovery } from './hosting/recovery'
import { Rooms } from './hosting/rooms'
import { devRoutes } from './http/dev-routes'
import { createListener, type RequestListener } from './http/listener'
import { metricsRoute } from './http/metrics-route'
import { restAccess } from './http/rest-access'
import { createRoutes } from './http/routes'
import { createLifecycle, type Lifecycle } from './lifecycle'
import { memoryLog } from './log/memory/memory-log'
import { createLogger, guarded } from './logging/logger'
import { createMetrics, type Metrics } from './metrics/prometheus'
import type { Clock, OwnClock } from './ports/clock'
import type { Logger } from './ports/logger'
import type { RoomLog } from './ports/room-log'
import { guardedClock, systemClock } from './ports/system-clock'

/** The options of a server: `auth`, or `dev: true`, and others that differ from the defaults. */
export type PeerstageServerOptions = SettingsInput & {
  /** Where rooms are stored. Default: in memory, until the process ends. */
  readonly log?: RoomLog
  /** The receiver of log lines. Default: JSON lines on stderr, from `logLevel` upwards, with secrets removed. */
  readonly logger?: Logger
  /** Default: the machine's clock. */
  readonly clock?: OwnClock
  /** Dev mode: a folder of static files to serve at `/`. */
  readonly demoFolder?: string
  /** Dev mode: the key of its tokens, 32 bytes. Default: a new one, so tokens end with the process. */
  readonly devKey?: Uint8Array
}

/** A server: attach it to an `http.Server`, or let it listen by itself. */
export type PeerstageServer = Lifecycle &
  AdminApi & {
    /** Health, REST, and public metrics: for `http.createServer(…)`, or as Express middleware. */
    readonly requestListener: RequestListener
    /** Only metrics, at `/metrics`: for an `http.Server` of yours that only you can reach. It requires `metrics.token` if there is one. */
    readonly metricsListener: RequestListener
    /** Tokens, for your backend. */
    readonly tokens: {
      /** Signs a token for this server, with its (first) secret. @throws as `signToken`, and TypeError if it has only public keys */
      sign(options: TokenOptions): Promise<string>
    }
  }

/**
 * Builds a server; nothing listens yet.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createPeerstageServer } from '@peerstage/server'
 *
 * const secret = process.env.PEERSTAGE_SECRET ?? ''
 * const live = createPeerstageServer({ auth: { secret }, allowedOrigins: ['https://example.com'] })
 * const server = createServer(live.requestListener)
 * server.headersTimeout = 10_000
 * live.attach(server)
 * server.listen(8080)
 * const token = await live.tokens.sign({ room: 'town-hall', identity: user.id, name: user.name, role: 'guest' })
 * ```
 *
 * @throws ConfigError when an option is wrong (also `undefined`: leave it out), when neither or both of `auth` and `dev: true` are
 * given, or when `demoFolder` is not a folder
 */
export function createPeerstageServer(options: PeerstageServerOptions = {}): PeerstageServer {
  const settings = checkSettings(options)
  const { clock = systemClock(), demoFolder } = settings
  if (settings.auth === undefined && !settings.dev) {
    throw new ConfigError([{ path: 'auth.secret', sentence: 'is needed, unless dev is true' }])
  }
  if (settings.auth !== undefined && settings.dev) {
    throw new ConfigError([
      {
        path: 'dev',
        sentence: 'must be false beside auth: it gives a token to every caller, and that secret is in use',
      },
    ])
  }
  if (settings.dev && demoFolder !== undefined && !isFolder(demoFolder)) {
    throw new ConfigError([{ path: 'demoFolder', sentence: 'must be a folder that is there' }])
  }
  const log = settings.log ?? memoryLog(clock)
  const logger = settings.logger === undefined ? createLogger(settings.logLevel) : guarded(settings.logger)
  warnOfCluster(logger)
  return compose({ settings, log, logger, clock: guardedClock(clock, logger) })
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

type ServerPorts = {
  readonly settings: Settings
  readonly log: RoomLog
  readonly logger: Logger
  readonly clock: Clock
}

function compose({ settings, log: givenLog, logger, clock }: ServerPorts): PeerstageServer {
  const log = watchLog(givenLog, clock, logger)
  const { auth, dev, limits, iceServers, turn, allowedOrigins, basePath, demoFolder, devKey } = settings
  const isListed = originRule(allowedOrigins)
  const roomsPath = `${basePath}${ROOMS_PATH}`
  const {
    verify,
    sign,
    close: closeKeys,
  } = createTokenAuthority({
    auth: auth && { ...auth, keys: givenKeys(auth) },
    devKey,
    clock,
    logger,
  })
  const metrics: Metrics = createMetrics({
    version: SERVER_VERSION,
    rooms: () => rooms.allStats(),
    sockets: () => gateway.socketCount,
    queuedBytes: () => gateway.queuedBytes,
    pausedSockets: () => gateway.pausedCount,
    logIsUp: () => log.isUp,
  })
  const shared = { clock, logger, newId: nanoid, meter: audited(metrics.meter, logger, clock) }
  const rooms = new Rooms({ ...shared, log, rules: rulesOf(settings) })
  const recovery = new Recovery({ rooms, log, clock, logger })
  const erasure = new Erasure({ rooms, recovery, log })
  const gateway = new Gateway({
    ...shared,
    roomsPath,
    verify,
    limits,
    iceServers,
    turn,
    // A developer who tries the SDK without tokens wants to see two tabs on stage.
    roleWithoutToken: auth === undefined ? 'guest' : undefined,
    mayConnect: auth === undefined && allowedOrigins === undefined ? localOrigins : isListed,
    peerAddress: peerAddress(settings.trustProxy, logger),
    addressLabel: addressLabels(settings.logAddresses),
    quota: {
      maxSockets: settings.maxSockets,
      maxSocketsPerAddress: settings.maxSocketsPerAddress,
      maxVerifying: settings.maxVerifying,
    },
    maxHolds: settings.maxHolds,
    submit: (roomId, input) => rooms.submit(roomId, input),
  })
  const measured = metricsRoute({ metrics, token: settings.metrics.token, meter: shared.meter })
  let isDraining = false
  const routes = createRoutes({
    rooms,
    metrics: arePublic(settings.metrics, dev) ? measured : undefined,
    meter: shared.meter,
    logger,
    mayRead: allowedOrigins === undefined ? undefined : isListed,
    basePath,
    erasure,
    chat: (id, query) => chatPage(log, id, query),
    readiness: () => (isDraining ? 'draining' : log.isUp ? 'ready' : 'log_down'),
    ...restAccess(verify, rooms),
    ...(dev
      ? {
          extra: devRoutes({
            signToken: sign,
            isLocal: isLocalRequest,
            mayRead: localOrigins,
            meter: shared.meter,
            basePath,
            ...(demoFolder === undefined ? {} : { demoFolder }),
          }),
        }
      : {}),
  })
  const requestListener = createListener(routes, roomsPath)
  const metricsListener = createListener(measured)
  const draining = () => {
    isDraining = true
    recovery.stop()
  }
  const ended = () => {
    metrics.close()
    closeKeys()
  }
  const { maxSockets } = settings
  const inner = {
    ...shared,
    gateway,
    rooms,
    recovery,
    log,
    metrics: { ...settings.metrics, listener: metricsListener },
  }
  return {
    ...createLifecycle({ ...inner, requestListener, basePath, maxSockets, localOnly: dev, draining, ended }),
    requestListener,
    metricsListener,
    tokens: { sign },
    ...adminApi(rooms, erasure),
  }
}

function rulesOf({ mode, limits, createRooms, duplicateSessions, dev }: Settings) {
  return { mode: MODES[mode], limits, createRooms, duplicateSessions, firstIsHost: dev }
}
