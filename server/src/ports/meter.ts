import type { RejectionReason } from './rejection-reason'

/** Whom a rejection concerns. Ids that the server made, and room ids: nothing secret, and no text of a client. */
export type AuditContext = {
  readonly connection?: string
  readonly room?: string
  /** Why, in words of the server's own. */
  readonly sentence?: string
  /** What the client was not told of it. */
  readonly fault?: string
  /** The client's address: a hash, unless addresses are logged in the clear. */
  readonly address?: string
}

/** Of a rejection, what the client does not learn: the name that metrics and the audit log have for it, and what was at fault. */
export type InternalDetail = { readonly why?: RejectionReason; readonly fault?: string; readonly address?: string }

/** What is counted. The labels are words of the code, never of a client. */
export interface Meter {
  /** `outcome`: `ok`, or the code it was rejected with. */
  command(type: string, outcome: string): void
  /** A connection or message that was rejected, and whose it was: for the audit log. */
  rejection(reason: RejectionReason, about?: AuditContext): void
  /** A client came back for what it missed: it got the events, or a snapshot in their place. */
  resume(outcome: 'events' | 'snapshot'): void
  /** Starts a stopwatch for one batch of a room; call what it returns when the batch is done. */
  batch(): () => void
}
