import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { SETTINGS } from './command-line-settings'
import { ConfigError, type Problem, settingsEntries } from './config'
import { whole } from './whole-number'

/** Flags that need no value. */
const SWITCHES = new Set(['dev', 'json'])

const commandLine = v.strictObject({
  ...settingsEntries,
  port: v.exactOptional(
    v.pipe(
      v.number('must be a port number from 0 to 65535'),
      v.maxValue(65_535, 'must be a port number from 0 to 65535'),
    ),
    8080,
  ),
  host: v.exactOptional(v.pipe(v.string(), v.minLength(1, 'must be a host name or an address'))),
  log: v.exactOptional(
    v.strictObject({
      file: v.exactOptional(v.string()),
      durability: v.exactOptional(v.picklist(['process', 'full'], 'must be process or full')),
      maxBytes: v.exactOptional(whole(1024 * 1024, Number.MAX_SAFE_INTEGER)),
      maxRoomBytes: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER)),
      chatDays: v.exactOptional(whole(0, 36_500)),
    }),
    {},
  ),
  drainDeadlineSeconds: v.exactOptional(whole(0, 3600)),
  json: v.exactOptional(v.boolean('must be true or false'), false),
})

export type CommandLine =
  | { readonly do: 'help' }
  | { readonly do: 'version' }
  | { readonly do: 'serve'; readonly options: v.InferOutput<typeof commandLine> }

/** Reads the command line and the environment; a flag stands above a variable. @throws ConfigError with sentences for people */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const flags = readFlags(args)
  if (flags.help === true) return { do: 'help' }
  if (flags.version === true) return { do: 'version' }
  const raw: Record<string, unknown> = {}
  for (const setting of SETTINGS) {
    const given = setting.flag === undefined ? undefined : flags[setting.flag]
    // `--port=$PORT` where there is none is no flag.
    const text = given === true ? 'true' : given || env[setting.env]
    if (typeof text === 'string' && text !== '') put(raw, setting.path, setting.read(text))
  }
  const parsed = v.safeParse(commandLine, raw)
  if (parsed.success) return { do: 'serve', options: parsed.output }
  throw new ConfigError(parsed.issues.map((issue) => problemOf(v.getDotPath(issue) ?? '', issue.message)))
}

function readFlags(args: readonly string[]): Record<string, string | boolean | undefined> {
  const known = SETTINGS.flatMap(({ flag }) => flag ?? [])
  const options = Object.fromEntries([
    ...known.map((flag) => [flag, { type: SWITCHES.has(flag) ? 'boolean' : 'string' }] as const),
    ['help', { type: 'boolean', short: 'h' }] as const,
    ['version', { type: 'boolean', short: 'v' }] as const,
  ])
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as Record<
      string,
      string | boolean | undefined
    >
  } catch (error) {
    // parseArgs names the argument, and a secret never stands on a command line.
    const sentence = error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'could not be read'
    throw new ConfigError([{ path: 'The command line:', sentence }])
  }
}

function problemOf(path: string, sentence: string): Problem {
  const setting =
    SETTINGS.find((each) => path === each.path) ?? SETTINGS.find((each) => path.startsWith(`${each.path}.`))
  if (setting === undefined) return { path, sentence }
  const name = setting.flag === undefined ? setting.env : `--${setting.flag} (${setting.env})`
  const within = path.slice(setting.path.length + 1)
  return { path: /^[a-z]/i.test(within) ? `${name}: ${within}` : name, sentence }
}

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const [outer = '', inner] = path.split('.')
  const before = target[outer] === undefined ? {} : target[outer]
  if (inner === undefined) target[outer] = value
  // Where an object should be and is none, that is what there is to say.
  else if (typeof before === 'object' && before !== null && !Array.isArray(before))
    target[outer] = { ...before, [inner]: value }
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = SETTINGS.map(({ flag, env, help }) => [flag === undefined ? '' : `--${flag}`, env, help] as const)
  const lines = rows.map(([flag, env, help]) => `  ${flag.padEnd(27)}${env.padEnd(35)}${help}`)
  return [
    'Usage: peerstage-server [options]',
    '',
    'Options, and the environment variables that say the same:',
    ...lines,
  ].join('\n')
}
