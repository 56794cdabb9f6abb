import type { CastHandlers } from './handler'

/** What becomes of reactions: all others see them. */
export const reactionHandlers: CastHandlers<'reaction'> = {
  reaction: { needs: 'react', down: ({ type, emoji }) => ({ type, emoji }) },
}
