import type { GoodbyeCode } from '@peerstage/sdk/protocol'

/** How a message is delivered to a connection. */
export type Delivery =
  /** It must arrive. */
  | 'kept'
  /** It must arrive; it answers a command of this connection. It gets a frame of its own, because no other connection gets it. */
  | 'answer'
  /** A cast: a slow reader may miss it. */
  | 'droppable'
  /** A slow reader may miss all but the newest of those with this key. */
  | { readonly newestOf: string }

/** One socket of a session, as a room sees it. No method throws, and none calls back into the room. */
export interface Connection {
  readonly id: string
  /** Queues one encoded message for the next flush. Default: it must arrive. */
  send(message: string, delivery?: Delivery): void
  /** Sends what is queued, in frames of at most `limits.maxFrameBytes`. */
  flush(): void
  /** Says goodbye, then closes with the code's WebSocket close code. Later calls do nothing. */
  close(code: GoodbyeCode, reason: string, retryAfterMs?: number): void
  /** Sends what is queued and closes without a goodbye (1000): the client asked to leave. Later calls do nothing. */
  end(): void
}
