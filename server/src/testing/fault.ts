/**
 * One fault, from when it is set until it is lifted.
 *
 * @example
 * ```ts
 * import { createTestServer } from '@peerstage/server/testing'
 *
 * const server = await createTestServer()
 * const lost = server.faults.closeAt({ direction: 'down', type: 'reply', times: 1 })
 * // … the app under test sends a message …
 * await lost.happened()
 * ```
 */
export interface Fault {
  /** How often it has happened. */
  readonly count: number
  /** Resolves when it has happened `times` times since it was set. Default 1. */
  happened(times?: number): Promise<void>
  /** Ends the fault: it does not happen any more, and delayed messages are sent. Idempotent. */
  lift(): void
}

/** A fault that counts how often it happens, and calls a function when it is lifted. */
export class CountedFault implements Fault {
  readonly #waiting: { readonly times: number; readonly resolve: () => void }[] = []
  readonly #end: () => void
  #count = 0
  #lifted = false

  constructor(end: () => void) {
    this.#end = end
  }

  get count(): number {
    return this.#count
  }

  happen(): void {
    this.#count++
    for (const { times, resolve } of this.#waiting) if (times <= this.#count) resolve()
  }

  happened(times = 1): Promise<void> {
    if (times <= this.#count) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ times, resolve }))
  }

  lift(): void {
    if (this.#lifted) return
    this.#lifted = true
    this.#end()
  }
}
