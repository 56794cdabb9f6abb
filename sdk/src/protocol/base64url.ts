// Written by hand, because the protocol is compiled without the types of DOM and Node, which have `btoa` and `TextEncoder`.
// `btoa` also throws on characters beyond Latin-1.

// `encodeURIComponent` throws on these.
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
  for (const character of encoded) {
    bits = ((bits << 6) | ALPHABET.indexOf(character)) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    escaped += `%${((bits >> held) & 0xff).toString(16).padStart(2, '0')}`
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
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
