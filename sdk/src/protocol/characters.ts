import * as v from 'valibot'

/**
 * How many characters a text has, as every limit of the protocol counts them: Unicode code points, so an emoji is one, or the few
 * that it is made of. Half a surrogate pair counts as one. Never throws.
 *
 * @example
 * ```ts
 * import { countCharacters } from '@peerstage/sdk/protocol'
 *
 * countCharacters('Zoë 👋') // 5
 * ```
 */
export const countCharacters = (text: string): number => [...text].length

/** A text of at most so many characters. */
export const maxCharacters = (most: number) =>
  Object.assign(
    v.check((text: string) => countCharacters(text) <= most),
    // For what describes schemas: a function says nothing of its bound.
    { most },
  )

/** Those four are letters and signs to Unicode, and blank in every font: braille, music, two hieroglyphs. */
const SEEN = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/u

/**
 * Whether a text shows nothing: it is empty, or holds only white space, controls, marks of zero width or of writing direction,
 * variation selectors, fillers and blanks. Such a text counts as none wherever a person would read it.
 *
 * @example
 * ```ts
 * import { isBlank } from '@peerstage/sdk/protocol'
 *
 * isBlank('\u200b \u3164') // true
 * ```
 */
export const isBlank = (text: string): boolean => !SEEN.test(text)
