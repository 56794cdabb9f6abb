import * as v from 'valibot'
import { strict } from './strict'
import { maxCharacters } from './text'

/** An emoji that all participants see for a moment: at most 16 characters (Unicode code points), enough for every emoji sequence of Unicode 16. */
export const reactionCast = strict({
  type: v.literal('reaction'),
  emoji: v.pipe(
    v.string(),
    v.minLength(1),
    maxCharacters(16),
    v.regex(/^(?=.*(?:\p{Extended_Pictographic}|\p{RI}|\u20e3))[\p{Extended_Pictographic}\p{Emoji_Component}]+$/u),
  ),
})

/** A reaction, as the others get it. */
export const reactionDown = v.object({ type: v.literal('reaction'), emoji: v.string() })
