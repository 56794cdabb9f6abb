import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { wholeNumber } from '../config/limits'
import { ConfigError, type Problem, settingsEntries } from '../config/settings'
import { DEFAULT_FILE } from './open-log'
import { read, type Setting } from './setting'
import { type Environment, type Flags, fileVariable, type Given, textOf, variablesOf } from './setting-sources'
import { SETTINGS } from './settings-table'

/** Flags that need no value. */
const SWITCHES = new Set(['dev', 'json', 'log-addresses', 'metrics-public'])

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
      maxBytes: v.exactOptional(wholeNumber(1024 * 1024, Number.MAX_SAFE_INTEGER)),
      maxRoomBytes: v.exactOptional(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
      chatDays: v.exactOptional(wholeNumber(0, 36_500)),
    }),
    {},
  ),
  startDeadlineSeconds: v.exactOptional(wholeNumber(0, 3600), 30),
  drainDeadlineSeconds: v.exactOptional(wholeNumber(0, 3600)),
  json: v.exactOptional(v.boolean('must be true or false'), false),
})

export type CommandLine =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'backup'; readonly log: string; readonly target: string; readonly force: boolean }
  | {
      readonly type: 'serve'
      readonly options: v.InferOutput<typeof commandLine>
      /** Notes about settings that were read differently from how they were written. */
      readonly notes: readonly string[]
      /** Changes a problem so that it names where the option was set. */
      readonly named: (problem: Problem) => Problem
    }

/** A setting with its value. */
type Found = { readonly setting: Setting; readonly given: Given }

/** The settings for the keys of the tokens. */
const KEYS: readonly string[] = ['auth.secret', 'auth.keys', 'auth.jwksUrl']

/** The flags, if the command is to serve; otherwise undefined. @throws ConfigError with sentences for the operator */
export function flagsToServe(args: readonly string[]): Flags | undefined {
  if (args[0] === 'backup') return undefined
  const { flags } = readFlags(args, SERVE_FLAGS)
  return flags.help === true || flags.version === true ? undefined : flags
}

/** Reads the command line and the environment. A flag overrides a variable. @throws ConfigError with sentences for the operator */
export function readCommandLine(args: readonly string[], env: Environment): CommandLine {
  if (args[0] === 'backup') return readBackup(args.slice(1), env)
  const { flags } = readFlags(args, SERVE_FLAGS)
  if (flags.help === true) return { type: 'help' }
  if (flags.version === true) return { type: 'version' }
  const { found, problems } = findAll(flags, env)
  if (problems.length > 0) throw new ConfigError(problems)
  const raw: Record<string, unknown> = {}
  for (const { setting, given } of found) put(raw, setting.path, setting.read(given.text))
  const parsed = v.safeParse(commandLine, raw)
  const named = (problem: Problem) => bySource(problem, found)
  if (!parsed.success) {
    const issues = parsed.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', sentence: issue.message }))
    throw new ConfigError(issues.map(named))
  }
  return { type: 'serve', options: parsed.output, notes: found.flatMap(({ given }) => given.notes), named }
}

function findAll(flags: Flags, env: Environment): { found: readonly Found[]; problems: readonly Problem[] } {
  const found: Found[] = []
  const problems: Problem[] = []
  for (const setting of SETTINGS) {
    const result = textOf(setting, flags, env)
    if (result?.ok === true) found.push({ setting, given: result.given })
    else if (result !== undefined) problems.push(result.error)
  }
  const keys = found.filter(({ setting }) => KEYS.includes(setting.path)).map(({ given }) => given.source)
  if (keys.length > 1) {
    problems.push({ path: keys.join(' and '), sentence: 'are both set: the keys of the tokens come from one of them' })
  }
  return { found, problems }
}

/** Reads `backup FILE`. Of the settings only the log counts. */
function readBackup(args: readonly string[], env: Environment): CommandLine {
  const { flags, others } = readFlags(args, BACKUP_FLAGS)
  if (flags.help === true) return { type: 'help' }
  const [target, ...more] = others
  if (!target || more.length > 0) {
    throw new ConfigError([{ path: 'backup', sentence: 'takes one file to write to: peerstage-server backup FILE' }])
  }
  const setting = SETTINGS.find(({ path }) => path === 'log.file')
  const result = setting && textOf(setting, flags, env)
  if (result?.ok === false) throw new ConfigError([result.error])
  return { type: 'backup', log: result?.given.text ?? DEFAULT_FILE, target, force: flags.force === true }
}

type FlagKinds = Readonly<Record<string, { readonly type: 'boolean' | 'string'; readonly short?: string }>>

const HELP: FlagKinds = { help: { type: 'boolean', short: 'h' } }
const BACKUP_FLAGS: FlagKinds = { ...HELP, log: { type: 'string' }, force: { type: 'boolean' } }
const SERVE_FLAGS: FlagKinds = {
  ...HELP,
  version: { type: 'boolean', short: 'v' },
  ...Object.fromEntries(
    SETTINGS.flatMap(({ flag }) => flag ?? []).map((flag) => [
      flag,
      { type: SWITCHES.has(flag) ? 'boolean' : 'string' } as const,
    ]),
  ),
}

function readFlags(args: readonly string[], options: FlagKinds): { flags: Flags; others: readonly string[] } {
  try {
    const allowPositionals = options === BACKUP_FLAGS
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals })
    return { flags: values as Flags, others: positionals }
  } catch (error) {
    // parseArgs repeats the argument. That is safe, because secrets have no flags.
    const sentence = error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'could not be read'
    throw new ConfigError([{ path: 'The command line:', sentence }])
  }
}

/** Names the flag, variable or file of an option; for a missing option, all flags and variables that set it. */
function bySource({ path, sentence }: Problem, found: readonly Found[]): Problem {
  const isOf = (each: Setting) => path === each.path || path.startsWith(`${each.path}.`)
  const exactly = (each: Setting) => path === each.path
  const given = found.find(({ setting }) => exactly(setting)) ?? found.find(({ setting }) => isOf(setting))
  const setting = given?.setting ?? SETTINGS.find(exactly) ?? SETTINGS.find(isOf)
  if (setting === undefined) return { path, sentence }
  const name = given?.given.source ?? everyName(setting)
  const within = path.slice(setting.path.length + 1)
  if (setting.read === read.secrets && /^\d/.test(within)) {
    return { path: `${name}: secret ${Number.parseInt(within, 10) + 1}`, sentence }
  }
  return { path: /^[a-z]/i.test(within) ? `${name}: ${within}` : name, sentence }
}

const everyName = (setting: Setting): string => {
  const [first, ...others] = [...(setting.flag === undefined ? [] : [`--${setting.flag}`]), ...variablesOf(setting)]
  return others.length === 0 ? `${first}` : `${first} (${others.join(', ')})`
}

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const [outer = '', inner] = path.split('.')
  const before = target[outer] === undefined ? {} : target[outer]
  if (inner === undefined) target[outer] = value
  // If an outer value is not an object, keep it: the schema reports that.
  else if (typeof before === 'object' && before !== null && !Array.isArray(before))
    target[outer] = { ...before, [inner]: value }
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = SETTINGS.map(({ flag, env, bare, help }) => {
    const variable = bare === undefined ? env : `${env}, ${bare}`
    return [flag === undefined ? '' : `--${flag}`, variable, help] as const
  })
  const files = SETTINGS.filter(({ isSecret }) => isSecret).map(fileVariable)
  const lines = rows.map(([flag, env, help]) => `  ${flag.padEnd(27)}${env.padEnd(35)}${help}`)
  return [
    'Usage: peerstage-server [options]',
    '       peerstage-server backup FILE [--log FILE] [--force]',
    '',
    'Options and their environment variables:',
    ...lines,
    '',
    `A secret can also be in a file, named by a variable: ${files.join(', ')}.`,
  ].join('\n')
}
