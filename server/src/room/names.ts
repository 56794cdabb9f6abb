import { isBlank, MAX_NAME_CHARACTERS } from '@peerstage/sdk/protocol'

/** The name of a participant whose own name has no visible character. */
export const NAMELESS = 'Guest'

// Controls could forge lines of a log or a terminal; direction marks could turn around what stands beside a name.
// `\p{Surrogate}` matches lone halves only, which UTF-8 cannot hold.
const UNWANTED = /[\p{Cc}\p{Bidi_Control}\p{Surrogate}\ufeff]/gu

/**
 * A display name that is safe to show beside others: NFC, without controls and direction marks, white space as single
 * spaces, at most 64 characters (Unicode code points). `fallback` where nothing of it can be seen.
 */
export function cleanName(raw: string, fallback: string = NAMELESS): string {
  const spaced = raw.replace(/\s+/gu, ' ').replace(UNWANTED, '').normalize('NFC').trim()
  const short = [...spaced].slice(0, MAX_NAME_CHARACTERS).join('').trim()
  return isBlank(short) ? fallback : short
}
