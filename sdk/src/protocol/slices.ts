import { chatSlice } from './chat'
import { mediaSlice } from './media'
import { moderationSlice } from './moderation'
import { participantsSlice } from './participants'
import { pinsSlice } from './pins'
import { roomLifeSlice } from './room-life'
import { stageSlice } from './stage'

/**
 * The features of a room that have events: each with its events, its part of `Room`, how that begins, and the folds of it. All
 * unions and `evolve` are built from this.
 */
export const SLICES = [
  roomLifeSlice,
  participantsSlice,
  moderationSlice,
  mediaSlice,
  chatSlice,
  stageSlice,
  pinsSlice,
] as const
