import { DEFAULT_LIMITS, iceServer, type Limits, MODES, type ModeName } from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import { DEFAULT_AUDIENCE, MIN_SECRET_BYTES } from './gateway/claims'
import { LOG_LEVELS } from './logger'

/** A public STUN server: enough for most homes, not for strict networks (those need TURN). */
export const PUBLIC_STUN = { urls: 'stun:stun.l.google.com:19302' }

const whole = (min: number, max: number) => {
  const sentence = `must be a whole number from ${min} to ${max}`
  return v.pipe(v.number(sentence), v.integer(sentence), v.minValue(min, sentence), v.maxValue(max, sentence))
}

const byteLength = (secret: string | Uint8Array) => Buffer.byteLength(secret)

const secret = v.pipe(
  v.union([v.string(), v.instance(Uint8Array)], 'must be a text or bytes'),
  v.check((value) => byteLength(value) >= MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`),
)

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

const limit = (most = 1_000_000) => v.exactOptional(whole(1, most))

/** The protocol's schemas hold these to their defaults: a server may ask for less, not for more. */
const limits = v.strictObject(
  {
    maxFrameBytes: v.exactOptional(whole(DEFAULT_LIMITS.maxFrameBytes, 1024 * 1024)),
    maxDataBytes: limit(DEFAULT_LIMITS.maxDataBytes),
    maxParticipants: limit(DEFAULT_LIMITS.maxParticipants),
    maxUnansweredCommands: limit(),
    chatPerSecond: limit(),
    chatBurst: limit(),
    commandsPerSecond: limit(),
    commandBurst: limit(),
    castsPerSecond: limit(),
    castBurst: limit(),
  },
  'is no such limit',
)

/** Every option that is data, in words of an app; the command line and the environment fill in the same ones. */
export const settingsEntries = {
  auth: v.exactOptional(
    v.strictObject(
      {
        secret,
        audience: v.exactOptional(
          v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty')),
          DEFAULT_AUDIENCE,
        ),
        maxTokenAgeSeconds: v.exactOptional(whole(1, 10 * 365 * 24 * 3600)),
      },
      'is no option of auth',
    ),
  ),
  dev: v.exactOptional(v.boolean('must be true or false'), false),
  allowedOrigins: v.exactOptional(v.array(origin, 'must be a list of origins')),
  iceServers: v.exactOptional(iceServers, [PUBLIC_STUN]),
  mode: v.exactOptional(v.picklist(MODE_NAMES, `must be one of ${MODE_NAMES.join(', ')}`), 'studio'),
  createRooms: v.exactOptional(v.picklist(['onJoin', 'host', 'api'], 'must be onJoin, host or api'), 'onJoin'),
  duplicateSessions: v.exactOptional(v.picklist(['replace', 'reject'], 'must be replace or reject'), 'replace'),
  limits: v.exactOptional(limits, {}),
  maxSockets: v.exactOptional(whole(1, 1_000_000), 10_000),
  maxSocketsPerAddress: v.exactOptional(whole(1, 1_000_000), 50),
  logLevel: v.exactOptional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
}

const settingsSchema = v.strictObject(settingsEntries, 'is no option of this server')
export type Settings = Omit<v.InferOutput<typeof settingsSchema>, 'limits'> & { readonly limits: Limits }
export type SettingsInput = v.InferInput<typeof settingsSchema>

/** What is wrong with one option. `path`: where, like `auth.secret`; `sentence`: what it must be. Never its value. */
export type Problem = { readonly path: string; readonly sentence: string }

/** An option has a wrong value; the message says which and what it must be, and never repeats the value. */
export class ConfigError extends TypeError {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

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
