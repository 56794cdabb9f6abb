import type { NewId } from '../room/command'
import type { Clock } from './clock'

/** Enough for milliseconds in base 36 until the year 5188. */
const TIME_CHARACTERS = 9
/** 72 bits, for each millisecond anew. */
const RANDOM_CHARACTERS = 12

/**
 * Makes ids that sort by the time when they were made, and are random otherwise. An index of a log on disk grows at its end by them: by
 * ids without an order, each message has another page of the index to write. `random`: makes as many random characters.
 */
export const orderedIds =
  (clock: Pick<Clock, 'now'>, random: (characters: number) => string): NewId =>
  () =>
    Math.floor(clock.now()).toString(36).padStart(TIME_CHARACTERS, '0') + random(RANDOM_CHARACTERS)
