import type { CastHandlers } from './handler'
import type { Slice } from './slice'

const casts: CastHandlers<'reaction'> = {
  reaction: { needs: 'react', down: ({ type, emoji }) => ({ type, emoji }) },
}

/** Reactions: all others see them. */
export const reactionsSlice = { casts } satisfies Slice
