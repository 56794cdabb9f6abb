import { readFileSync } from 'node:fs'
import type { Setting } from './command-line-settings'
import { read } from './command-line-values'
import type { Problem } from './config'

/** What the flags of a command line say. A flag that needs no value is `true`. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>

/** The text of a setting, and where it stands: `--port`, `PEERSTAGE_SECRET`, `PEERSTAGE_SECRET_FILE (/run/secrets/peerstage)`. */
export type Given = { readonly text: string; readonly source: string; readonly note?: string }

/** The variable that names the file of a secret. */
export const fileVariable = ({ env }: Setting): string => `${env}_FILE`

/** All variables of a setting, the first of which counts before the others. */
export function variablesOf(setting: Setting): string[] {
  const { env, bare, isSecret } = setting
  return [env, ...(isSecret ? [fileVariable(setting)] : []), ...(bare === undefined ? [] : [bare])]
}

/**
 * The text of a setting, where it is given: a flag stands above a variable. White space at its ends is left out, for a file, a
 * secret of Kubernetes and a file of variables with Windows line ends all add some; where it may be meant, the text is a problem.
 */
export function textOf(setting: Setting, flags: Flags, env: Environment): Given | Problem | undefined {
  const found = find(setting, flags, env)
  if (found === undefined || 'sentence' in found) return found
  // SQLite and the disk have a say in what a path is.
  if (setting.read === read.path) return found
  const text = found.text.trim()
  const problem = faultOf(setting, text)
  if (problem !== undefined) return { path: found.source, sentence: problem }
  const isNoted = setting.isSecret && found.source === setting.env && text !== found.text
  const note = `${found.source} has white space at an end, which is not part of the secret: sign without it.`
  return { ...found, text, ...(isNoted ? { note } : {}) }
}

/** An empty text counts as none: `--port=$PORT` where the variable is not set is no flag. */
function find(setting: Setting, flags: Flags, env: Environment): Given | Problem | undefined {
  const { flag, isSecret } = setting
  const onLine = flag === undefined ? undefined : flags[flag]
  if (onLine) return { text: onLine === true ? 'true' : String(onLine), source: `--${flag}` }
  const file = fileVariable(setting)
  const set = variablesOf(setting).filter((name) => env[name])
  if (isSecret && set.length > 1) return { path: set.join(' and '), sentence: 'are both set: leave one of them out' }
  const [name] = set
  if (name === undefined) return undefined
  return isSecret && name === file ? fromFile(name, env[name] ?? '') : { text: env[name] ?? '', source: name }
}

/** White space inside a text may be meant, so it is not taken out. */
function faultOf({ read: reader }: Setting, text: string): string | undefined {
  if (text === '') return 'must not be blank'
  // Docker's `--env-file` and Compose's list of variables take quotes as part of the value.
  if (/^(["']).*\1$/s.test(text)) return 'must not stand in quotes: they are taken as part of it'
  return reader === read.text && /[\r\n]/.test(text) ? 'must be one line' : undefined
}

function fromFile(name: string, given: string): Given | Problem {
  const path = given.trim()
  const source = LOOKS_LIKE_A_PATH.test(path) ? `${name} (${path})` : name
  try {
    const bytes = readFileSync(path)
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), source }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA'
    const sentence = isText ? `names a file that cannot be read (${code})` : 'names a file that is no text in UTF-8'
    return { path: source, sentence }
  }
}

/** What does not may be the secret itself, put into the wrong variable: it is not repeated. */
const LOOKS_LIKE_A_PATH = /^(\.{0,2}[/\\]|[a-z]:[/\\])[^\r\n]*$/i
