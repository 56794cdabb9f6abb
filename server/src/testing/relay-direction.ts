import type { WebSocket } from 'ws'

/** No more than this waits here: the sender notices a slow receiver, as without the relay. */
const MOST_BUFFERED_BYTES = 64 * 1024

/** One direction of a relayed connection: what one socket receives is sent to the other in order, as soon as nothing holds it back. */
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

  /** Whether something stands still in it. */
  get isHeld(): boolean {
    return this.#stall !== undefined || this.#held > 0
  }

  /** Whether nothing more may pass. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** `heldUntil`: goes on, and all behind it, when this resolves. */
  send(data: Buffer | string, binary: boolean, heldUntil?: Promise<void>): void {
    this.pass(() => {
      this.#to.send(data, { binary }, () => this.#flow())
      this.#flow()
    }, heldUntil)
  }

  /** Does something when all that came before has passed. */
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

  /** The same, and nothing passes behind it. */
  last(work: () => void): void {
    this.pass(work)
    this.#isOver = true
  }

  /** Nothing is read any more, and nothing leaves. */
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
