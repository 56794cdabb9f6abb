import type { Hello } from '../protocol'
import type { Ending } from './close-policy'
import type { Connection } from './connection'

/** What connections are for. `keep`: one was held already; another takes its place without a word to the app. */
export type Aim = 'prepare' | 'keep' | 'join'

/** Where a session stands between `start()` and its end. */
export type Phase =
  /** `idle`: not begun, or nothing can be held now. */
  | { readonly name: 'idle' | 'authorizing' | 'ended' }
  | { readonly name: 'connecting'; readonly connection: Connection; readonly intent: Hello['intent'] }
  /** Verified, without a place. */
  | { readonly name: 'held'; readonly connection: Connection; readonly since: number }
  /** Held, and asked for the place by that command. */
  | { readonly name: 'asking'; readonly connection: Connection; readonly commandId: number }
  | { readonly name: 'connected'; readonly connection: Connection; readonly since: number }
  /** `urgent`: a waking page may try at once; the server has not asked to wait. */
  | { readonly name: 'waiting'; readonly cancel: () => void; readonly urgent: boolean }

/**
 * What was held is gone, or is not to be had: joining begins as it does without. A server that was asked for the place and says
 * when to come again is heard.
 */
export const wasHold = (phase: Phase, { retryAfterMs }: Ending): boolean =>
  phase.name === 'asking' ? retryAfterMs === undefined : phase.name === 'connecting' && phase.intent === 'hold'
