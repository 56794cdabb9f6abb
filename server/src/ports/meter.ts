import type { RejectionReason } from './rejection-reason'

/** What an audit line says about a rejection. It has ids of the server and room ids, but no secret and no text of a client. */
export type AuditContext = {
  readonly connection?: string
  readonly room?: string
  /** The reason, as the client got it. */
  readonly sentence?: string
  /** The exact fault, which is not sent to the client. */
  readonly fault?: string
  /** The client's address: a hash, unless addresses are logged in the clear. */
  readonly address?: string
}

/** What is logged about a rejection and not sent to the client. `why`: its name in metrics and the audit log, if it is not the code. */
export type InternalDetail = { readonly why?: RejectionReason; readonly fault?: string; readonly address?: string }

/** Counts what happens. All labels are constants of the code, never texts of a client. */
export interface Meter {
  /** `outcome`: `ok`, or the code it was rejected with. */
  command(type: string, outcome: string): void
  /** A connection or message was rejected. `about`: for the audit log. */
  rejection(reason: RejectionReason, about?: AuditContext): void
  /** A client came back for what it missed: it got the events, or a snapshot in their place. */
  resume(outcome: 'events' | 'snapshot'): void
  /** Starts a stopwatch for one batch of a room; call what it returns when the batch is done. */
  batch(): () => void
}
