import * as v from 'valibot'
import { strict } from './strict'

/** An emoji for all to see for a moment: at most 32 UTF-16 code units, which holds every emoji sequence of Unicode 16. */
export const reactionCast = strict({
  type: v.literal('reaction'),
  emoji: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(32),
    v.regex(/^(?=.*(?:\p{Extended_Pictographic}|\p{RI}|\u20e3))[\p{Extended_Pictographic}\p{Emoji_Component}]+$/u),
  ),
})
