import { MODES, ROOMS_PATH } from '@peerstage/sdk/protocol'
import { nanoid } from 'nanoid'
import { adminApi } from './admin'
import { isLocalRequest } from './auth/local-request'
import { createTokenAuthority, type TokenAuthority } from './auth/token-authority'
import { givenKeys } from './config/auth'
import { arePublic } from './config/metrics'
import { addressLabels, peerAddress } from './config/network'
import { localOrigins, originRule } from './config/origins'
import type { Settings } from './config/settings'
import { SERVER_VERSION } from './config/version'
import { Gateway } from './gateway/gateway'
import { chatPage } from './hosting/chat-page'
import { Erasure } from './hosting/erasure'
import { type WatchedLog, watchLog } from './hosting/log-health'
import { Recovery } from './hosting/recovery'
import { Rooms } from './hosting/rooms'
import { devRoutes } from './http/dev-routes'
import { createListener } from './http/listener'
import { metricsRoute } from './http/metrics-route'
import { restAccess } from './http/rest-access'
import { createRoutes } from './http/routes'
import { createLifecycle } from './lifecycle'
import { audited } from './logging/audit'
import { createMetrics } from './metrics/prometheus'
import type { Clock } from './ports/clock'
import { orderedIds } from './ports/event-log'
import type { Logger } from './ports/logger'
import type { Meter } from './ports/meter'
import type { RoomLog } from './ports/room-log'
import type { NewId } from './room/command'

export type ComposePorts = {
  readonly settings: Settings
  readonly log: RoomLog
  readonly logger: Logger
  readonly clock: Clock
}

/** What most parts need. */
type Shared = {
  readonly settings: Settings
  readonly clock: Clock
  readonly logger: Logger
  readonly newId: NewId
  readonly meter: Meter
}

type Hosting = ReturnType<typeof createHosting>

/** Makes the parts of a server and connects them. Nothing listens yet. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: makes the parts in their order, once each
export function compose({ settings, log: given, logger, clock }: ComposePorts) {
  const { auth, basePath, devKey, dev, maxSockets } = settings
  const log = watchLog(given, clock, logger)
  const tokens = createTokenAuthority({ auth: auth && { ...auth, keys: givenKeys(auth) }, devKey, clock, logger })
  const metrics = createMetrics({
    version: SERVER_VERSION,
    rooms: () => hosting.rooms.allStats(),
    sockets: () => gateway.socketCount,
    queuedBytes: () => gateway.queuedBytes,
    pausedSockets: () => gateway.pausedCount,
    logIsUp: () => log.isUp,
  })
  const shared = {
    settings,
    clock,
    logger,
    newId: orderedIds(clock, nanoid),
    meter: audited(metrics.meter, logger, clock),
  }
  const hosting = createHosting(shared, log)
  const gateway = createGateway(shared, hosting, tokens)
  const metricsApp = metricsRoute({ metrics, token: settings.metrics.token, meter: shared.meter })
  let isDraining = false
  const readiness = () => (isDraining ? 'draining' : log.isUp ? 'ready' : 'log_down')
  const routes = createHttp(shared, { hosting, tokens, metricsApp, readiness })
  const listeners = {
    requestListener: createListener(routes, roomsPathOf(settings)),
    metricsListener: createListener(metricsApp),
  }
  const lifecycle = createLifecycle({
    ...shared,
    ...hosting,
    gateway,
    basePath,
    maxSockets,
    requestListener: listeners.requestListener,
    metrics: { ...settings.metrics, listener: listeners.metricsListener },
    localOnly: dev,
    draining: () => {
      isDraining = true
      hosting.recovery.stop()
    },
    ended: () => {
      metrics.close()
      tokens.close()
    },
  })
  return { ...lifecycle, ...listeners, tokens: { sign: tokens.sign }, ...adminApi(hosting.rooms, hosting.erasure) }
}

const roomsPathOf = ({ basePath }: Settings): string => `${basePath}${ROOMS_PATH}`

function createHosting({ settings, ...shared }: Shared, log: WatchedLog) {
  const { mode, limits, createRooms, duplicateSessions, dev } = settings
  const rules = { mode: MODES[mode], limits, createRooms, duplicateSessions, firstIsHost: dev }
  const rooms = new Rooms({ ...shared, log, rules, abandoned: () => recovery.roomAbandoned() })
  const recovery: Recovery = new Recovery({ ...shared, rooms, log })
  return { log, rooms, recovery, erasure: new Erasure({ rooms, recovery, log }) }
}

function createGateway({ settings, ...shared }: Shared, { rooms }: Hosting, { verify }: TokenAuthority): Gateway {
  const { auth, allowedOrigins, limits, iceServers, turn, maxHolds } = settings
  const { maxSockets, maxSocketsPerAddress, maxVerifying } = settings
  return new Gateway({
    ...shared,
    roomsPath: roomsPathOf(settings),
    verify,
    limits,
    iceServers,
    turn,
    // A developer who tries the SDK without tokens wants to see two tabs on stage.
    roleWithoutToken: auth === undefined ? 'guest' : undefined,
    mayConnect: auth === undefined && allowedOrigins === undefined ? localOrigins : originRule(allowedOrigins),
    peerAddress: peerAddress(settings.trustProxy, shared.logger),
    addressLabel: addressLabels(settings.logAddresses),
    quota: { maxSockets, maxSocketsPerAddress, maxVerifying },
    maxHolds,
    submit: (roomId, input) => rooms.submit(roomId, input),
  })
}

type HttpPorts = {
  readonly hosting: Hosting
  readonly tokens: TokenAuthority
  readonly metricsApp: ReturnType<typeof metricsRoute>
  readonly readiness: () => 'ready' | 'draining' | 'log_down'
}

function createHttp({ settings, meter, logger }: Shared, { hosting, tokens, metricsApp, readiness }: HttpPorts) {
  const { allowedOrigins, basePath, demoFolder, dev } = settings
  const { log, rooms, erasure } = hosting
  const folder = demoFolder === undefined ? {} : { demoFolder }
  const forDev = { signToken: tokens.sign, isLocal: isLocalRequest, mayRead: localOrigins, meter, basePath, ...folder }
  return createRoutes({
    rooms,
    erasure,
    chat: (id, query) => chatPage(log, id, query),
    metrics: arePublic(settings.metrics, dev) ? metricsApp : undefined,
    meter,
    logger,
    mayRead: allowedOrigins === undefined ? undefined : originRule(allowedOrigins),
    basePath,
    readiness,
    ...restAccess(tokens.verify, rooms),
    ...(dev ? { extra: devRoutes(forDev) } : {}),
  })
}
