import type { GoodbyeCode, ServerMessage } from '@peerstage/sdk/protocol'
import type { Connection } from '../../src/ports/connection'

/** A connection that records what is sent to it. */
export class FakeConnection implements Connection {
  readonly id: string
  readonly received: ServerMessage[] = []
  flushes = 0
  closed: GoodbyeCode | 'end' | undefined
  retryAfterMs: number | undefined

  constructor(id: string) {
    this.id = id
  }

  send(message: string): void {
    this.received.push(JSON.parse(message))
  }

  flush(): void {
    this.flushes++
  }

  close(code: GoodbyeCode, _reason: string, retryAfterMs?: number): void {
    if (this.closed !== undefined) return
    this.closed = code
    this.retryAfterMs = retryAfterMs
  }

  end(): void {
    this.closed ??= 'end'
  }

  get types(): string[] {
    return this.received.map((message) => message.type)
  }
}
