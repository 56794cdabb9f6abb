import { DEFAULT_LIMITS, type IceServer, iceServer, type Limits, MODES, type ModeName } from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import { SET_SECRET } from '../auth/secret'
import { LOG_LEVELS } from '../ports/logger'
import { type AuthOptions, authSettings } from './auth'
import { type LimitOptions, limitSettings, wholeNumber } from './limits'
import { type MetricsOptions, metricsSettings } from './metrics'
import { isSubnet } from './network'
import { readOrigin } from './origins'
import { partEntries } from './port-options'
import { type TurnOptions, turnSettings } from './turn-servers'

/** A public STUN server: enough for most homes, but strict networks need TURN. */
export const PUBLIC_STUN = { urls: 'stun:stun.l.google.com:19302' }

const origin = v.pipe(
  v.string('must be a string'),
  v.rawCheck(({ dataset, addIssue }) => {
    const read = dataset.typed ? readOrigin(dataset.value) : undefined
    if (read?.ok === false) addIssue({ message: read.error })
  }),
)

const iceServers = v.message(
  v.array(iceServer),
  'must be a list of ICE servers like [{"urls": "turn:example.com", "username": "…", "credential": "…"}]',
)

/** A path without segments that a browser would resolve, like `..`. */
const basePath = v.pipe(
  v.string('must be a string'),
  v.regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*\/?$/,
    'must be a path like /live: it begins with a slash, and has letters, digits, ".", "_", "~" and "-"',
  ),
  v.transform((path) => path.replace(/\/$/, '')),
)

const PROXIES = 'must be a whole number from 0 to 10, or a list of addresses and subnets like 10.0.0.0/8'
const trustProxy = v.union(
  [v.message(wholeNumber(0, 10), PROXIES), v.array(v.pipe(v.string(PROXIES), v.check(isSubnet, PROXIES)))],
  PROXIES,
)

const MODE_NAMES = Object.keys(MODES) as ModeName[]

/** All options that are data. The command line has the same defaults. The value `undefined` is rejected. */
export type SettingsInput = {
  /** How tokens are verified. Required, unless `dev` is true. */
  readonly auth?: AuthOptions
  /** Accepts clients without a token, from this machine only. Cannot be combined with `auth`. Default false. */
  readonly dev?: boolean
  /**
   * The path prefix of the server: with `/live` a room is at `/live/v1/rooms/…`, and health, REST and dev pages are below
   * `/live` too. Clients then use `url: 'https://example.com/live'`. Default: none.
   */
  readonly basePath?: string
  /**
   * Origins of pages that may connect: `https://example.com`; `https://*.example.com` for all with one more label; apps by their
   * schemes, like `capacitor://localhost`. Default: any, because there are no cookies.
   */
  readonly allowedOrigins?: readonly string[]
  /** STUN and TURN servers for the links. Default: one public STUN server. */
  readonly iceServers?: readonly IceServer[]
  /** An additional TURN server, with passwords that are made for each session and expire. Default: none. */
  readonly turn?: TurnOptions
  /** How many may be on stage, and what they may publish. Default `studio`. */
  readonly mode?: ModeName
  /** Who opens a room: each participant that joins (`onJoin`), only a host (`host`), or only your backend (`api`). Default `onJoin`. */
  readonly createRooms?: 'onJoin' | 'host' | 'api'
  /** A second session of an identity takes its seat over (`replace`), or is rejected (`reject`). Default `replace`. */
  readonly duplicateSessions?: 'replace' | 'reject'
  /** Limits for clients that differ from the protocol's defaults. Sizes and participants are at most the defaults (frames at least). */
  readonly limits?: LimitOptions
  /** Sockets of the process. Default 10,000. */
  readonly maxSockets?: number
  /** Sockets of one public address (IPv6: of one /64), which a school or a company may share; private ones are not counted. Default 200. */
  readonly maxSocketsPerAddress?: number
  /** Sockets that may be in verification at once: each costs a signature check. Default 500. */
  readonly maxVerifying?: number
  /** Connections of the process that may hold without a seat: prejoin screens. Default 500. */
  readonly maxHolds?: number
  /**
   * Your proxies before the server, whose X-Forwarded-For is trusted. A number: the address of a client is that
   * many entries from the right. Or their addresses, like `['10.0.0.0/8', '2001:db8::/32']`: it is the first entry from the right that is
   * not one of them. Default 0: none, and the header is ignored.
   */
  readonly trustProxy?: number | readonly string[]
  /** Whether the audit log contains the addresses of rejected connections in clear text. Default false: as hashes, with another key in each process. */
  readonly logAddresses?: boolean
  /** Where metrics can be read, and with which token. Default: nowhere, except at `/metrics` in dev mode. */
  readonly metrics?: MetricsOptions
  /** How much is logged. Default `info`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** The schema of each option, also for the command line. A test checks that type and schemas match. */
export const settingsEntries = {
  auth: v.exactOptional(authSettings),
  dev: v.exactOptional(v.boolean('must be true or false'), false),
  basePath: v.exactOptional(basePath, ''),
  allowedOrigins: v.exactOptional(v.array(origin, 'must be a list of origins')),
  iceServers: v.exactOptional(iceServers, [PUBLIC_STUN]),
  turn: v.exactOptional(turnSettings),
  mode: v.exactOptional(v.picklist(MODE_NAMES, `must be one of ${MODE_NAMES.join(', ')}`), 'studio'),
  createRooms: v.exactOptional(v.picklist(['onJoin', 'host', 'api'], 'must be onJoin, host or api'), 'onJoin'),
  duplicateSessions: v.exactOptional(v.picklist(['replace', 'reject'], 'must be replace or reject'), 'replace'),
  limits: v.exactOptional(limitSettings, {}),
  maxSockets: v.exactOptional(wholeNumber(1, 1_000_000), 10_000),
  maxSocketsPerAddress: v.exactOptional(wholeNumber(1, 1_000_000), 200),
  maxVerifying: v.exactOptional(wholeNumber(1, 1_000_000), 500),
  maxHolds: v.exactOptional(wholeNumber(1, 1_000_000), 500),
  trustProxy: v.exactOptional(trustProxy, 0),
  logAddresses: v.exactOptional(v.boolean('must be true or false'), false),
  metrics: v.exactOptional(metricsSettings, {}),
  logLevel: v.exactOptional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
}

const settingsSchema = v.strictObject({ ...settingsEntries, ...partEntries }, ({ expected }) =>
  expected === 'never' ? 'is not an option of this server' : 'must be an object',
)
export type Settings = Omit<v.InferOutput<typeof settingsSchema>, 'limits'> & { readonly limits: Limits }

/** A problem of one option. `path`: its name, like `auth.secret`; `sentence`: the allowed values. Never its value. */
export type Problem = {
  /** Which option, like `limits.graceMs`. */
  readonly path: string
  /** The allowed values, as a sentence that continues the path. */
  readonly sentence: string
}

/**
 * An option has a wrong value. The message names the option and the allowed values, never the value.
 *
 * @example
 * ```ts
 * import { ConfigError, createPeerstageServer } from '@peerstage/server'
 *
 * try {
 *   createPeerstageServer({ auth: { secret: 'too short' } })
 * } catch (error) {
 *   if (error instanceof ConfigError) console.error(error.problems)
 * }
 * ```
 */
export class ConfigError extends TypeError {
  /** The name in stacks and logs. */
  override readonly name = 'ConfigError'
  /** All problems, not only the first. */
  readonly problems: readonly Problem[]

  /** The server makes these errors; an app may make its own. The message has one sentence for each problem. */
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, sentence }) => `${path} ${sentence}.`).join(' '))
    this.problems = problems
  }
}

/** Checks options and adds the defaults. @throws ConfigError with all problems */
export function checkSettings(input: unknown): Settings {
  const parsed = v.safeParse(settingsSchema, input)
  if (!parsed.success) throw new ConfigError(parsed.issues.map(problemOf))
  return { ...parsed.output, limits: { ...DEFAULT_LIMITS, ...parsed.output.limits } }
}

function problemOf(issue: v.InferIssue<typeof settingsSchema>): Problem {
  const path = v.getDotPath(issue) ?? 'options'
  if (!isGivenAsUndefined(issue)) return { path, sentence: issue.message }
  const cure = path === 'auth.secret' ? SET_SECRET : 'give it a value, or leave it out'
  return { path, sentence: `must not be undefined: ${cure}` }
}

/** `undefined` is rejected, because an unset variable must not open a server to more clients than intended. */
function isGivenAsUndefined({ input, path }: v.InferIssue<typeof settingsSchema>): boolean {
  const last = path?.at(-1)
  return input === undefined && last !== undefined && Object.hasOwn(Object(last.input), String(last.key))
}
