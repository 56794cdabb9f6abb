import { LiveStreamError } from '../errors'
import type { Cast, Command, Reply } from '../protocol'

type WithoutId<C> = C extends { id: number } ? Omit<C, 'id'> : never

/** A command before the session numbers it. */
export type Request = WithoutId<Command>

/** A reply that accepts a command. */
export type AcceptedReply = Extract<Reply, { ok: true }>

/** What to do with a command while the socket is down: keep it in order, keep only the latest of its key, or reject it. */
export type WhileOffline = 'queue' | 'reject' | { readonly latest: string }

/** How the verbs reach the server. */
export interface Requests {
  /**
   * Sends a command and waits for its reply. `isQuery`: it changes nothing, so it need not be known whether the server executed it.
   * @throws LiveStreamError with the rejection's code; `not_joined`, `outbox_full`, `payload_too_large`, `invalid`, `unavailable`, `aborted`, or what
   * ended the room
   */
  request(command: Request, whileOffline: WhileOffline, isQuery?: boolean): Promise<AcceptedReply>
  /**
   * Sends what has no reply, within the server's rate limits.
   * @throws LiveStreamError `not_joined`, `payload_too_large`, `invalid`; `unavailable` while the socket is down; `rate_limited` when
   * too many wait already
   */
  cast(cast: Cast): void
}

/** What a request rejects with while there is no room. */
export const notJoined = () => new LiveStreamError('not_joined', 'This needs a joined room.')

/** The requests while there is no session: all are rejected. */
export const NOT_JOINED: Requests = {
  request: () => Promise.reject(notJoined()),
  cast: () => {
    throw notJoined()
  },
}
