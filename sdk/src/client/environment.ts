import { type Clock, systemClock } from '../ports/clock'
import { type BrowserPage, browserPage, type KeyValueStore } from '../signaling/browser-page'
import { type RandomBytes, systemRandomBytes } from '../signaling/random-id'

/** What a client uses of its environment. Tests replace it. */
export type Environment = {
  readonly clock: Clock
  /** Milliseconds since the epoch, by this machine's wall clock, which certificates expire by. It may be wrong, and may be set. */
  readonly wallNow: () => number
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number
  readonly randomBytes: RandomBytes
  readonly page: (storage: KeyValueStore | undefined) => BrowserPage
}

export const systemEnvironment: Environment = {
  clock: systemClock,
  wallNow: Date.now,
  random: Math.random,
  randomBytes: systemRandomBytes,
  page: browserPage,
}
