import * as v from 'valibot'

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
    v.check((text: string) => countCharacters(text) <= most),
    // For tools that describe schemas: they cannot read the bound from the function.
    { most },
  )

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
