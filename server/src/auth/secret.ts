/** HS256 wants a key at least as long as its hash: RFC 7518 §3.2. */
export const MIN_SECRET_BYTES = 32

/** What to do about a secret that is not there. */
export const SET_SECRET = 'set the variable that it comes from, such as PEERSTAGE_SECRET'

/**
 * Removes white space at both ends of a text secret, in the server and where tokens are signed: files and variables often end with a
 * newline, and the two sides would have different keys. Bytes are not changed.
 */
export const trimmed = <T extends string | Uint8Array>(secret: T): T =>
  (typeof secret === 'string' ? secret.trim() : secret) as T

/** The fault of a secret with white space inside, which may be intended; undefined if there is none. */
export function spaceFault(secret: string | Uint8Array): string | undefined {
  if (typeof secret === 'string') return /[\r\n]/.test(secret) ? 'must be one line' : undefined
  const isText = secret.every((byte) => (byte >= 0x20 && byte < 0x7f) || isSpace(byte))
  // The bytes of a file. A key of random bytes is never all text, so its last byte may be any.
  return isText && (isSpace(secret[0]) || isSpace(secret.at(-1)))
    ? 'must not have white space at its ends: give it as a text, or without'
    : undefined
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 9 && byte <= 13)

/** The bytes of a secret: UTF-8 of a text. @throws RangeError when there are fewer than 32, or white space is where it may be meant */
export function secretBytes(given: string | Uint8Array | undefined): Uint8Array {
  const secret = given === undefined ? '' : trimmed(given)
  if (secret.length === 0) throw new RangeError(`There is no secret: ${SET_SECRET}.`)
  const fault = spaceFault(secret)
  if (fault !== undefined) throw new RangeError(`The secret ${fault}.`)
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  if (bytes.byteLength >= MIN_SECRET_BYTES) return bytes
  throw new RangeError(`The secret must have at least ${MIN_SECRET_BYTES} bytes; it has ${bytes.byteLength}.`)
}
