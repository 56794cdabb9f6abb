import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Problem } from '../config/settings'
import { read, type Setting, secretLines } from './setting'

/** The flags of a command line. A flag without a value is `true`. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>

/** The text of a setting, and its source: `--port`, `PEERSTAGE_SECRET`, `PEERSTAGE_SECRET_FILE (/run/secrets/peerstage)`. */
export type Given = { readonly text: string; readonly source: string; readonly notes: readonly string[] }

export type TextResult = { readonly ok: true; readonly given: Given } | { readonly ok: false; readonly error: Problem }

/** The variable that names the file of a secret. */
export const fileVariable = ({ env }: Setting): string => `${env}_FILE`

/** All variables of a setting. The first one that is set counts. */
export function variablesOf(setting: Setting): string[] {
  const { env, bare, isSecret } = setting
  return [env, ...(isSecret ? [fileVariable(setting)] : []), ...(bare === undefined ? [] : [bare])]
}

/**
 * The text of a setting that is set. A flag overrides a variable. White space at the ends is removed, because files, Kubernetes
 * secrets and env files with Windows line ends add some. Where it may be intended, the text is rejected.
 */
export function textOf(setting: Setting, flags: Flags, env: Environment): TextResult | undefined {
  const result = find(setting, flags, env)
  if (!result?.ok) return result
  const { found } = result
  const text = found.text.trim()
  const problem = faultOf(setting, text)
  if (problem !== undefined) return rejected(found.source, problem)
  // The log checks a path itself.
  if (setting.read === read.path) return { ok: true, given: { ...found, notes: [] } }
  return { ok: true, given: { ...found, text, notes: notesOf(setting, found, text) } }
}

type Found = Omit<Given, 'notes'>
type FoundResult = { readonly ok: true; readonly found: Found } | { readonly ok: false; readonly error: Problem }

const foundIn = (source: string, text: string): FoundResult => ({ ok: true, found: { text, source } })
const rejected = (path: string, sentence: string) => ({ ok: false, error: { path, sentence } }) as const

function notesOf({ env, isSecret, read: reader }: Setting, { source, text: whole }: Found, text: string): string[] {
  const notes: string[] = []
  if (isSecret && source === env && text !== whole) {
    notes.push(`${source} has white space at an end, which is not part of the secret: sign without it.`)
  }
  if (reader === read.secrets) {
    // The note does not contain the kids, because one may be the beginning of a secret with a colon.
    const lines = secretLines(text)
    const named = lines.filter(({ kid }) => kid !== undefined).length
    if (named > 0) notes.push(`${source} holds ${named} with a kid and ${lines.length - named} without.`)
  }
  return notes
}

/** An empty text counts as not set: for example `--port=$PORT` when the variable is not set. */
function find(setting: Setting, flags: Flags, env: Environment): FoundResult | undefined {
  const { flag, isSecret } = setting
  const onLine = flag === undefined ? undefined : flags[flag]
  if (onLine) return foundIn(`--${flag}`, onLine === true ? 'true' : String(onLine))
  const file = fileVariable(setting)
  const set = variablesOf(setting).filter((name) => env[name])
  if (isSecret && set.length > 1) return rejected(set.join(' and '), 'are both set: leave one of them out')
  const [name] = set
  if (name === undefined) return undefined
  return isSecret && name === file ? fromFile(name, env[name] ?? '') : foundIn(name, env[name] ?? '')
}

const IN_QUOTES = /^(["']).*\1$/s
// `--env-file` of Docker and the list of variables in Compose keep quotes as part of the value.
const QUOTED = 'must not be in quotes: they would be part of the value'

/** What is wrong with a text. White space inside it may be intended, so it is not removed. */
function faultOf({ read: reader }: Setting, text: string): string | undefined {
  if (IN_QUOTES.test(text)) return QUOTED
  if (reader === read.path) return undefined
  if (text === '') return 'must not be blank'
  if (reader === read.secrets) {
    const unclear = secretLines(text).findIndex(({ kid, secret }) => kid === undefined && secret === undefined)
    if (unclear >= 0)
      return `has a colon in line ${unclear + 1} after an invalid kid: put a colon before a secret that contains one`
  }
  return reader === read.text && /[\r\n]/.test(text) ? 'must be one line' : undefined
}

function fromFile(name: string, given: string): FoundResult {
  const path = given.trim()
  if (IN_QUOTES.test(path)) return rejected(name, QUOTED)
  const source = isPath(path) ? `${name} (${path})` : name
  try {
    const bytes = readFileSync(path)
    return foundIn(source, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA'
    const sentence = isText ? `names a file that cannot be read (${code})` : 'names a file that is not UTF-8 text'
    return rejected(source, sentence)
  }
}

/**
 * Whether a text looks like a path. Otherwise it may be the secret itself in the wrong variable, and errors must not repeat it. A base64 secret
 * may begin with a slash, so the folder of the path must exist, and must not be the root or the working directory.
 */
function isPath(text: string): boolean {
  const folder = dirname(text)
  return existsSync(text) || (folder !== dirname(folder) && existsSync(folder))
}
