import type { Cast, Command, Reply } from '../protocol'

type WithoutId<C> = C extends { id: number } ? Omit<C, 'id'> : never

/** A command before the session numbers it. */
export type Request = WithoutId<Command>

/** What to do with a command while the socket is down: keep it in order, keep only the latest of its key, or refuse it. */
export type WhileOffline = 'queue' | 'refuse' | { readonly latest: string }

/** The one way the verbs reach the server. */
export interface Requests {
  /**
   * Sends a command and waits for its reply.
   * @throws LiveStreamError with the rejection's code; `not_joined`, `outbox_full`, `unavailable`, `aborted`
   */
  request(command: Request, whileOffline: WhileOffline): Promise<Extract<Reply, { ok: true }>>
  /** Sends what has no reply; dropped while the socket is down. */
  cast(cast: Cast): void
}
