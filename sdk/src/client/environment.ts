import { type Clock, systemClock } from '../ports/clock'
import { type BrowserPage, browserPage, type KeyValueStore } from '../signaling/browser-page'
import { type RandomBytes, systemRandomBytes } from '../signaling/random-id'
import { Sender } from '../signaling/sender'
import type { SessionOptions } from '../signaling/session-ports'
import { SDK_VERSION } from '../version'
import type { Config } from './options'
import { globalWebSocket } from './support'

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

/** The options of a session, from those of the client and its environment; `own` is what the client adds. */
export function sessionOptions(
  { room, token, name, joinTimeoutMs, WebSocket }: Config,
  { clock, random }: Environment,
  own: Pick<SessionOptions, 'base' | 'key' | 'joinId' | 'page'>,
): SessionOptions {
  const client = `peerstage-sdk/${SDK_VERSION}`
  return {
    ...own,
    room,
    token,
    name,
    client,
    joinTimeoutMs,
    clock,
    sender: new Sender(clock),
    random,
    WebSocket: () => WebSocket ?? globalWebSocket(),
  }
}
