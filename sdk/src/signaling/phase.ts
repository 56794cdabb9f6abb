import type { Hello } from '../protocol'
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
