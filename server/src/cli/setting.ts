import { readFileSync } from 'node:fs'

/** One setting of the command line. */
export type Setting = {
  /** Where the value goes among the options: `auth.secret`. */
  readonly path: string
  readonly env: string
  /** A common name of the variable, which other programs set too: ours counts before it. */
  readonly bare?: string
  /** None for a secret: other users of the machine can read a command line. */
  readonly flag?: string
  /** A file may hold it, which the variable with `_FILE` behind its name names. */
  readonly isSecret?: true
  readonly read: (text: string) => unknown
  readonly help: string
}

/** How a text of a flag or variable becomes the value of an option. What cannot be read is left to the schema to reject. */
export const read = {
  text: (text: string): unknown => text,
  /** As it was given, white space too. */
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

/** A line of several secrets; without `secret` where it cannot be told what of it is one. */
type SecretLine = { readonly kid?: string; readonly secret?: string }

/**
 * Secrets by the name that tokens give them: `kid:secret`. One without serves tokens that name none, for it was the only one before:
 * `:secret`, or `secret` where it has no colon.
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

/** The keys of a JSON Web Key Set or a PEM, as the option has them. */
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
