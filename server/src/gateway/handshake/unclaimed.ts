import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../ports/clock'

export type Upgrade = readonly [request: IncomingMessage, socket: Duplex, head: Buffer]

/** How long a framework may take to listen: Next.js begins to with the first page that it serves. */
const WAIT_MS = 5000
/** More than the tabs of a developer. */
const MOST_WAITING = 100

type Waiting = { readonly upgrade: Upgrade; readonly stop: () => void }

/** WebSockets on an app's own paths that no listener takes yet. */
export class Unclaimed {
  readonly #clock: Clock
  readonly #answer: (upgrade: Upgrade) => void
  readonly #waiting = new Set<Waiting>()

  /** `answer`: what happens to those that no listener has taken in time. */
  constructor(clock: Clock, answer: (upgrade: Upgrade) => void) {
    this.#clock = clock
    this.#answer = answer
  }

  /** It waits for a listener that takes it, unless too many wait. Nothing of it is read meanwhile. */
  add(upgrade: Upgrade): void {
    if (this.#waiting.size >= MOST_WAITING) return this.#answer(upgrade)
    const [, socket] = upgrade
    const cut = () => socket.destroy()
    const waiting: Waiting = {
      upgrade,
      stop: () => {
        this.#waiting.delete(waiting)
        cancel()
        socket.off('error', cut)
        socket.off('close', waiting.stop)
      },
    }
    const cancel = this.#clock.after(WAIT_MS, () => {
      waiting.stop()
      this.#answer(upgrade)
    })
    this.#waiting.add(waiting)
    // An error without a listener would end the process.
    socket.on('error', cut)
    socket.once('close', waiting.stop)
  }

  /** Answers all that wait. */
  release(take: (upgrade: Upgrade) => void): void {
    for (const { upgrade, stop } of [...this.#waiting]) {
      stop()
      take(upgrade)
    }
  }
}
