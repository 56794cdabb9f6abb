/** Bytes that cannot be guessed. */
export type RandomBytes = (count: number) => Uint8Array

export const systemRandomBytes: RandomBytes = (count) => globalThis.crypto.getRandomValues(new Uint8Array(count))

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** A random text of the base64url alphabet: 6 bits in each character. */
export function randomId(characters: number, randomBytes: RandomBytes): string {
  return Array.from(randomBytes(characters), (byte) => ALPHABET[byte & 63]).join('')
}
