import { statSync } from 'node:fs'
import type { AdminApi } from './admin'
import type { TokenOptions } from './auth/sign-token'
import { compose } from './compose'
import { ConfigError, checkSettings, type SettingsInput } from './config/settings'
import { warnOfCluster } from './hosting/cluster-worker'
import type { RequestListener } from './http/listener'
import type { Lifecycle } from './lifecycle'
import { memoryLog } from './log/memory/memory-log'
import { createLogger, guarded } from './logging/logger'
import type { OwnClock } from './ports/clock'
import { guardedClock, systemClock } from './ports/clock'
import type { Logger } from './ports/logger'
import type { RoomLog } from './ports/room-log'

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
