import type { Clock } from '../../ports/clock'

/** What is paused: a `ws` socket. */
export type Pausable = { pause(): void; resume(): void }

/** An honest client has at most the limit under way. Who has twice as many is not read until that is so again. */
const PAUSED_AT = 2

/**
 * Counts the commands of one connection that wait for their reply, and holds its socket while there are too many: what
 * the client sends then stays with its operating system, and with it the client.
 */
export class InFlightCommands {
  readonly #socket: Pausable
  readonly #limit: number
  readonly #clock: Pick<Clock, 'nextTurn'>
  #count = 0
  #paused = false
  /** Called in a turn of its own when the socket is read again. */
  resumed = (): void => {}

  constructor(socket: Pausable, limit: number, clock: Pick<Clock, 'nextTurn'>) {
    this.#socket = socket
    this.#limit = limit
    this.#clock = clock
  }

  get areTooMany(): boolean {
    return this.#paused
  }

  /** One more is under way. */
  asked(): void {
    this.#count++
    if (this.#paused || this.#count < PAUSED_AT * this.#limit) return
    this.#paused = true
    this.#socket.pause()
  }

  answered(): void {
    this.#count = Math.max(0, this.#count - 1)
    if (!this.#paused || this.#count > this.#limit) return
    // A room is in the middle of its turn now, and is not reached back into.
    this.#clock.nextTurn(() => this.#resume())
  }

  /** Each reply below the limit has asked for this, and the first one may have filled it up again. */
  #resume(): void {
    if (!this.#paused || this.#count > this.#limit) return
    this.#paused = false
    this.#socket.resume()
    this.resumed()
  }
}
