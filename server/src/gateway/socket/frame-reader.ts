import { type ClientMessage, type Decoded, decodeClientFrame } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import { InFlightCommands, type Pausable } from '../limits/in-flight-commands'

/** What a connection does with what its client sends. Neither function throws. */
export interface FrameListener {
  /** One message of a frame; `ok: false` where it could not be decoded. */
  message(decoded: Decoded<ClientMessage>): void
  /** A frame that is not a JSON array, or not text. */
  badFrame(): void
}

export type FrameReaderPorts = {
  readonly clock: Pick<Clock, 'nextTurn'>
  readonly limits: { readonly maxUnansweredCommands: number }
}

/** The connection that is read. */
type Source = { readonly isOpen: boolean; flush(): void }

/** A decoded message, or a frame that is none. */
type Received = Decoded<ClientMessage> | 'bad frame'

/**
 * Reads frames message by message, and stops in between while too many commands are in flight. A paused socket still delivers
 * what it has read, and a frame has many messages: those wait here, 64 KiB of them at most and a frame.
 */
export class FrameReader {
  readonly #connection: Source
  readonly #inFlight: InFlightCommands
  #waiting: Received[] = []
  #listener: FrameListener | undefined

  constructor(connection: Source, socket: Pausable, { clock, limits }: FrameReaderPorts) {
    this.#connection = connection
    this.#inFlight = new InFlightCommands(socket, limits.maxUnansweredCommands, clock, () => this.#deliver())
  }

  /** Whether the socket is not read for now, as too many commands are in flight. */
  get isPaused(): boolean {
    return this.#inFlight.isPaused
  }

  /** Gives everything to this listener from now on, beginning with what has been read so far. */
  start(listener: FrameListener): void {
    this.#listener = listener
    this.#deliver()
  }

  /** One frame of the client. */
  read(data: Buffer, isBinary: boolean): void {
    if (!this.#connection.isOpen) return
    const frame = isBinary ? undefined : decodeClientFrame(data.toString())
    if (frame === undefined) this.#waiting.push('bad frame')
    else for (const decoded of frame) this.#waiting.push(decoded)
    this.#deliver()
  }

  /** A command will have a reply. */
  commandStarted(): void {
    this.#inFlight.started()
  }

  commandFinished(): void {
    this.#inFlight.finished()
  }

  #deliver(): void {
    const [connection, listener] = [this.#connection, this.#listener]
    if (listener === undefined) return
    let taken = 0
    while (connection.isOpen && !this.isPaused) {
      const received = this.#waiting[taken]
      if (received === undefined) break
      taken++
      if (received === 'bad frame') listener.badFrame()
      else listener.message(received)
    }
    this.#waiting = connection.isOpen ? this.#waiting.slice(taken) : []
    connection.flush()
  }
}
