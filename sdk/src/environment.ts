import { type Clock, systemClock } from './signaling/clock'
import { browserPage, type KeyValueStore, type Page } from './signaling/page'
import { type RandomBytes, systemRandomBytes } from './signaling/random-id'

/** What a client takes from the world around it. Tests bring their own. */
export type Environment = {
  readonly clock: Clock
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number
  readonly randomBytes: RandomBytes
  readonly page: (storage: KeyValueStore | undefined) => Page
}

export const systemEnvironment: Environment = {
  clock: systemClock,
  random: Math.random,
  randomBytes: systemRandomBytes,
  page: browserPage,
}
