// Texts on the wire: how long they are, whether they show anything, and how they are encoded. All is written by hand, because the
// protocol is compiled without the types of DOM and Node, which have `TextEncoder` and `btoa`. `btoa` also throws on characters beyond
// Latin-1.
import * as v from 'valibot'

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

/**
 * The number of characters of a text, as all limits of the protocol count them: in Unicode code points. An emoji has one or a few.
 * A lone surrogate counts as one. Never throws.
 *
 * @example
 * ```ts
 * import { countCharacters } from '@peerstage/sdk/protocol'
 *
 * countCharacters('Zoë 👋') // 5
 * ```
 */
export const countCharacters = (text: string): number => [...text].length

/** Accepts a text of at most `most` characters. */
export const maxCharacters = (most: number) =>
  Object.assign(
    // Most texts are so short that nothing needs counting: no character has less than one code unit.
    v.check((text: string) => text.length <= most || countCharacters(text) <= most),
    // For tools that describe schemas: they cannot read the bound from the function.
    { most },
  )

/** Accepts a text of at most `most` UTF-8 bytes. */
export const maxBytes = (most: number) =>
  // Most texts are so short that nothing needs counting: no code unit has more than three bytes.
  v.check((text: string) => text.length * 3 <= most || utf8Bytes(text) <= most)

/** The last four are letters and signs in Unicode, but every font shows them blank: braille, music, two hieroglyphs. */
const SEEN = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/u

/**
 * Whether a text shows nothing: it is empty, or has only white space, control characters, marks of zero width or writing direction,
 * variation selectors, fillers and blanks. Such a text counts as empty wherever users would read it.
 *
 * @example
 * ```ts
 * import { isBlank } from '@peerstage/sdk/protocol'
 *
 * isBlank('\u200b \u3164') // true
 * ```
 */
export const isBlank = (text: string): boolean => !SEEN.test(text)

/** `encodeURIComponent` throws on these. */
const LONE_SURROGATE = /\p{Surrogate}/gu
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** UTF-8 of a text as base64url without padding (RFC 4648 §5). Lone surrogates become U+FFFD. */
export function toBase64Url(text: string): string {
  const bytes = utf8Of(text)
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]]
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    const characters = b === undefined ? 2 : c === undefined ? 3 : 4
    for (let k = 0; k < characters; k++) out += ALPHABET[(bits >> (18 - 6 * k)) & 63]
  }
  return out
}

/** Decodes base64url to text; `undefined` when it is not base64url, or its bytes are not UTF-8. */
export function fromBase64Url(encoded: string): string | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(encoded) || encoded.length % 4 === 1) return undefined
  let escaped = ''
  let bits = 0
  let held = 0
  for (let i = 0; i < encoded.length; i++) {
    bits = ((bits << 6) | sextetOf(encoded.charCodeAt(i))) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    const byte = (bits >> held) & 0xff
    // ASCII stands for itself: an escape for each byte was a fifth of the garbage of a join.
    escaped += byte < 0x80 && byte !== PERCENT ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
}

const PERCENT = 0x25

/** The six bits that a character stands for, by its code. */
function sextetOf(code: number): number {
  if (code >= 0x61) return code - 0x61 + 26
  if (code === 0x5f) return 63
  if (code >= 0x41) return code - 0x41
  return code === 0x2d ? 62 : code - 0x30 + 52
}

function utf8Of(text: string): number[] {
  const escaped = encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd'))
  const bytes: number[] = []
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] !== '%') bytes.push(escaped.charCodeAt(i))
    else {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16))
      i += 2
    }
  }
  return bytes
}
