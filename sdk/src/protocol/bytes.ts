/**
 * The number of UTF-8 bytes of a string, counted without encoding it, so that neither DOM nor Node is needed. A lone surrogate counts as
 * the three bytes of its replacement character. Never throws.
 *
 * @example
 * ```ts
 * import { utf8Bytes } from '@peerstage/sdk/protocol'
 *
 * utf8Bytes('Zoë 👋') // 9
 * ```
 */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else if (isPairAt(text, i)) {
      bytes += 4
      i++
    } else bytes += 3
  }
  return bytes
}

function isPairAt(text: string, i: number): boolean {
  const high = text.charCodeAt(i)
  const low = text.charCodeAt(i + 1)
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff
}
