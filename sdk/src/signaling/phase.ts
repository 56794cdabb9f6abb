import type { Hello } from '../protocol'
import type { Ending } from './close-policy'
import type { Connection } from './connection'

/** What connections are for. `keep`: one was held before; if it is lost, another replaces it without telling the app. */
export type Aim = 'prepare' | 'keep' | 'join'

/** The phase of a session, from its first call to its end. */
export type Phase =
  /** `idle`: not begun, or no connection can be held now. */
  | { readonly type: 'idle' | 'authorizing' | 'ended' }
  | { readonly type: 'connecting'; readonly connection: Connection; readonly intent: Hello['intent'] }
  /** Verified, without a seat. */
  | { readonly type: 'held'; readonly connection: Connection; readonly since: number }
  /** Held, and the seat was requested by that command. */
  | { readonly type: 'asking'; readonly connection: Connection; readonly commandId: number }
  | { readonly type: 'connected'; readonly connection: Connection; readonly since: number }
  /** `urgent`: a page that wakes up may try at once, as the server has not asked to wait. */
  | { readonly type: 'waiting'; readonly cancel: () => void; readonly urgent: boolean }

/**
 * Whether a held connection ended, or could not be held: then joining goes on as without one. But if the server rejected the
 * request for a seat and said when to try again, that time is kept.
 */
export const wasHold = (phase: Phase, { retryAfterMs }: Ending): boolean =>
  phase.type === 'asking' ? retryAfterMs === undefined : phase.type === 'connecting' && phase.intent === 'hold'
