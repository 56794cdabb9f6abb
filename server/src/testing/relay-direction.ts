import type { WebSocket } from 'ws'

/** The most bytes that wait in the relay, so that the sender notices a slow receiver as without it. */
const MOST_BUFFERED_BYTES = 64 * 1024

/** One direction of a relayed connection: sends what one socket receives to the other, in order, unless it is held. */
export class RelayDirection {
  readonly #from: WebSocket
  readonly #to: WebSocket
  #tail: Promise<void> = Promise.resolve()
  #held = 0
  #isOver = false
  #stall: { readonly over: Promise<void>; readonly release: () => void } | undefined

  constructor(from: WebSocket, to: WebSocket) {
    this.#from = from
    this.#to = to
  }

  /** Whether a message is held. */
  get isHeld(): boolean {
    return this.#stall !== undefined || this.#held > 0
  }

  /** Whether the direction has ended. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** `heldUntil`: the message, and all after it, are sent when this resolves. */
  send(data: Buffer | string, binary: boolean, heldUntil?: Promise<void>): void {
    this.pass(() => {
      this.#to.send(data, { binary }, () => this.#flow())
      this.#flow()
    }, heldUntil)
  }

  /** Calls `work` after everything before it was sent. */
  pass(work: () => void, heldUntil?: Promise<void>): void {
    if (this.#isOver) return
    if (heldUntil !== undefined) this.#held++
    this.#tail = this.#tail.then(async () => {
      await heldUntil
      if (heldUntil !== undefined) this.#held--
      await this.#stall?.over
      work()
    })
  }

  /** The same, and ends the direction. */
  last(work: () => void): void {
    this.pass(work)
    this.#isOver = true
  }

  /** Stops reading and sending. */
  stall(): void {
    if (this.#stall !== undefined) return
    let release = () => {}
    const over = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#stall = { over, release }
    this.#flow()
  }

  release(): void {
    this.#stall?.release()
    this.#stall = undefined
    this.#flow()
  }

  #flow(): void {
    if (this.#stall !== undefined || this.#to.bufferedAmount > MOST_BUFFERED_BYTES) this.#from.pause()
    else this.#from.resume()
  }
}
