import type { Clock } from '../../ports/clock'

/** What is paused: a `ws` socket. */
export type Pausable = { pause(): void; resume(): void }

/** An honest client has at most the limit in flight. A client with twice as many is not read until it is back at the limit. */
const PAUSED_AT = 2

/**
 * Counts the commands of one connection that wait for their reply, and pauses its socket while there are too many: what the
 * client sends then stays with its operating system.
 */
export class InFlightCommands {
  readonly #socket: Pausable
  readonly #limit: number
  readonly #clock: Pick<Clock, 'nextTurn'>
  readonly #resumed: () => void
  #count = 0
  #paused = false

  /** `resumed`: called in an event-loop turn of its own when the socket is read again. */
  constructor(socket: Pausable, limit: number, clock: Pick<Clock, 'nextTurn'>, resumed: () => void) {
    this.#socket = socket
    this.#limit = limit
    this.#clock = clock
    this.#resumed = resumed
  }

  get isPaused(): boolean {
    return this.#paused
  }

  /** One more is in flight. */
  started(): void {
    this.#count++
    if (this.#paused || this.#count < PAUSED_AT * this.#limit) return
    this.#paused = true
    this.#socket.pause()
  }

  /** One has its reply. */
  finished(): void {
    this.#count = Math.max(0, this.#count - 1)
    if (!this.#paused || this.#count > this.#limit) return
    // The room is in the middle of a batch now: nothing calls back into it.
    this.#clock.nextTurn(() => this.#resume())
  }

  /** Each reply below the limit has scheduled this, and the first one may have filled it up again. */
  #resume(): void {
    if (!this.#paused || this.#count > this.#limit) return
    this.#paused = false
    this.#socket.resume()
    this.#resumed()
  }
}
