import { readFileSync } from 'node:fs'

/** One setting of the command line. */
export type Setting = {
  /** The path of the option: `auth.secret`. */
  readonly path: string
  readonly env: string
  /** Another, common name of the variable, like `PORT`. The `PEERSTAGE_` variable overrides it. */
  readonly bare?: string
  /** Secrets have no flag, because other users of the machine can read a command line. */
  readonly flag?: string
  /** The value may be in a file, which the variable with the suffix `_FILE` names. */
  readonly isSecret?: true
  readonly read: (text: string) => unknown
  readonly help: string
}

/** Readers that convert a text to the value of an option. They return an invalid text unchanged, and the schema rejects it. */
export const read = {
  text: (text: string): unknown => text,
  /** Unchanged, with its white space. */
  path: (text: string): unknown => text,
  number: (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text),
  list,
  numberOrList: (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : list(text)),
  iceServers: (text: string): unknown => (text === 'none' ? [] : parseJson(text)),
  secrets: (text: string): unknown => secretLines(text),
  keys: (text: string): unknown => publicKeysOf(/^\s*(\{|-----BEGIN )/.test(text) ? text : fileOr(text)),
  json: (text: string): unknown => parseJson(text),
  flag: (text: string): unknown =>
    text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text,
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** A line of several secrets; without `secret` if the line is ambiguous. */
type SecretLine = { readonly kid?: string; readonly secret?: string }

/**
 * Parses lines of `kid:secret`. A secret without a kid verifies tokens without one, as the only secret did before:
 * `:secret`, or `secret` if it contains no colon.
 */
export function secretLines(text: string): readonly SecretLine[] {
  const lines = text.split(/[\r\n]+/).map((each) => each.trim())
  return lines.filter((each) => each !== '').map(secretLine)
}

function secretLine(line: string): SecretLine {
  if (!line.includes(':')) return { secret: line }
  const [, kid, secret = ''] = /^([\w.~-]*)\s*:\s*(.*)$/.exec(line) ?? []
  return kid === undefined ? {} : kid === '' ? { secret } : { kid, secret }
}

/** Converts a JSON Web Key Set or a PEM to the keys of the option. */
function publicKeysOf(text: string): unknown {
  if (/^\s*-----BEGIN /.test(text)) return [{ publicKey: text }]
  const set = parseJson(text)
  if (typeof set !== 'object' || set === null || !('keys' in set) || !Array.isArray(set.keys)) return text
  return set.keys.map((publicKey: unknown) => ({ publicKey }))
}

function fileOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return path
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
