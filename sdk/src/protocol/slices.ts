import { chatSlice } from './chat'
import { mediaSlice } from './media'
import { moderationSlice } from './moderation'
import { participantsSlice } from './participants'
import { pinsSlice } from './pins'
import { roomLifeSlice } from './room-life'
import { stageSlice } from './stage'

/**
 * The features of a room that have events, each with its events, its part of `Room`, the initial value of that, and its folds. All
 * unions and `evolve` are built from this list.
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
