import { DEFAULT_LIMITS, iceServer, type Limits, MODES, type ModeName } from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import { authSettings } from './auth-config'
import { limitSettings } from './limit-config'
import { LOG_LEVELS } from './logger'
import { whole } from './whole-number'

/** A public STUN server: enough for most homes, not for strict networks (those need TURN). */
export const PUBLIC_STUN = { urls: 'stun:stun.l.google.com:19302' }

const origin = v.pipe(
  v.string('must be a text'),
  v.check(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin like https://example.com, without a path',
  ),
)

const iceServers = v.message(
  v.array(iceServer),
  'must be a list of ICE servers like [{"urls": "turn:example.com", "username": "…", "credential": "…"}]',
)

const MODE_NAMES = Object.keys(MODES) as ModeName[]

/** Every option that is data, in words of an app; the command line and the environment fill in the same ones. */
export const settingsEntries = {
  /** Who may come in: needed, unless `dev` is true. */
  auth: v.exactOptional(authSettings),
  /** Lets everybody on this machine in, without a token. Never for others, and never beside `auth`. Default false. */
  dev: v.exactOptional(v.boolean('must be true or false'), false),
  /** Origins of pages that may connect, like `https://example.com`. Default: any, for nothing here rides on cookies. */
  allowedOrigins: v.exactOptional(v.array(origin, 'must be a list of origins')),
  /** STUN and TURN servers for the links. Default: one public STUN server. */
  iceServers: v.exactOptional(iceServers, [PUBLIC_STUN]),
  /** How many may be on stage, and what they may publish: `voice`, `camera` or `studio`. Default `studio`. */
  mode: v.exactOptional(v.picklist(MODE_NAMES, `must be one of ${MODE_NAMES.join(', ')}`), 'studio'),
  /** Who opens a room: whoever joins (`onJoin`), a host who joins (`host`), or your backend alone (`api`). Default `onJoin`. */
  createRooms: v.exactOptional(v.picklist(['onJoin', 'host', 'api'], 'must be onJoin, host or api'), 'onJoin'),
  /** A second session of an identity takes its place over (`replace`), or is refused (`reject`). Default `replace`. */
  duplicateSessions: v.exactOptional(v.picklist(['replace', 'reject'], 'must be replace or reject'), 'replace'),
  /** What a client is held to, over the protocol's defaults: sizes and participants at most those (a frame at least), rates as you like. */
  limits: v.exactOptional(limitSettings, {}),
  /** Sockets of the process. Default 10,000. */
  maxSockets: v.exactOptional(whole(1, 1_000_000), 10_000),
  /** Sockets of one public address (IPv6: of one /64); behind a proxy nobody has one. Default 50. */
  maxSocketsPerAddress: v.exactOptional(whole(1, 1_000_000), 50),
  /** Sockets that may be in verification at once: each costs a signature. Default 500. */
  maxVerifying: v.exactOptional(whole(1, 1_000_000), 500),
  /** Connections of the process that may hold without a place: prejoin screens. Default 500. */
  maxHolds: v.exactOptional(whole(1, 1_000_000), 500),
  /**
   * How many proxies of yours stand before the server: the address of a client is then that many from the right of
   * X-Forwarded-For. Default 0: none, and the header is not believed.
   */
  trustProxy: v.exactOptional(whole(0, 10), 0),
  /** How much is logged. Default `info`. */
  logLevel: v.exactOptional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
}

const settingsSchema = v.strictObject(settingsEntries, 'is no option of this server')
export type Settings = Omit<v.InferOutput<typeof settingsSchema>, 'limits'> & { readonly limits: Limits }
/** Every option that is data; their defaults are those of the command line. @useDeclaredType */
export type SettingsInput = v.InferInput<typeof settingsSchema>

/** What is wrong with one option. `path`: where, like `auth.secret`; `sentence`: what it must be. Never its value. */
export type Problem = { readonly path: string; readonly sentence: string }

/**
 * An option has a wrong value; the message says which and what it must be, and never repeats the value.
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
  override readonly name = 'ConfigError'
  /** All that is wrong, not the first only. */
  readonly problems: readonly Problem[]

  /** Made by the server; an app may make its own. The message is one sentence for each problem. */
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, sentence }) => `${path} ${sentence}.`).join(' '))
    this.problems = problems
  }
}

/** Options with their defaults. @throws ConfigError naming everything that is wrong */
export function checkSettings(input: unknown): Settings {
  const parsed = v.safeParse(settingsSchema, input)
  if (!parsed.success) {
    throw new ConfigError(
      parsed.issues.map((issue) => ({ path: v.getDotPath(issue) ?? 'options', sentence: issue.message })),
    )
  }
  return { ...parsed.output, limits: { ...DEFAULT_LIMITS, ...parsed.output.limits } }
}
