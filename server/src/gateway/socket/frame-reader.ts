import { type ClientMessage, type Decoded, decodeClientFrame } from '@peerstage/sdk/protocol'
import type { SocketConnection } from './socket-connection'

type Listener = {
  /** One message, or what is none. */
  readonly hear: (decoded: Decoded<ClientMessage>) => void
  /** What was sent is not even a frame. */
  readonly refuse: () => void
}

/**
 * Reads frames message by message, and stops in between while too many commands are unanswered. A paused socket still gives
 * what it had read, and a frame has many messages: those wait here, 64 KiB of them at most and a frame.
 */
export class FrameReader {
  readonly #connection: SocketConnection
  readonly #listener: Listener
  readonly #waiting: (() => void)[] = []

  constructor(connection: SocketConnection, listener: Listener) {
    this.#connection = connection
    this.#listener = listener
    connection.commands.resumed = () => this.#goOn()
  }

  /** One frame of the client. Never throws. */
  read(data: Buffer, isBinary: boolean): void {
    if (!this.#connection.isOpen) return
    const { hear, refuse } = this.#listener
    const frame = isBinary ? undefined : decodeClientFrame(data.toString())
    if (frame === undefined) this.#waiting.push(refuse)
    else for (const decoded of frame) this.#waiting.push(() => hear(decoded))
    this.#goOn()
  }

  #goOn(): void {
    const connection = this.#connection
    let taken = 0
    while (connection.isOpen && !connection.commands.areTooMany) {
      const take = this.#waiting[taken]
      if (take === undefined) break
      taken++
      take()
    }
    this.#waiting.splice(0, connection.isOpen ? taken : this.#waiting.length)
    connection.flush()
  }
}
