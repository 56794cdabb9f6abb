/** So long before a certificate ends, another is made; browsers let theirs end after 30 days. */
const AHEAD_MS = 24 * 60 * 60 * 1000

/**
 * One certificate for all connections, as each one made costs a key. A page may outlive it, and a connection that is opened with one
 * that has ended fails: so another takes its place in time. Connections that are up keep theirs, which is not looked at again.
 */
export class SharedCertificate {
  readonly #make: () => Promise<RTCCertificate | undefined>
  readonly #wallNow: () => number
  #current: RTCCertificate | undefined
  #making: Promise<void> | undefined

  /**
   * @param make a failure counts as undefined: connections make their own then
   * @param wallNow milliseconds since the epoch, by the clock that `expires` is told by
   */
  constructor(make: () => Promise<RTCCertificate | undefined>, wallNow: () => number) {
    this.#make = make
    this.#wallNow = wallNow
  }

  /** Resolves when there is one, or it is known that none comes. Never rejects. */
  async prepare(): Promise<void> {
    if (this.#remainingMs > AHEAD_MS) return
    this.#making ??= this.#renew()
    await this.#making
  }

  /** For a connection that opens now; undefined where it makes its own. */
  take(): RTCCertificate | undefined {
    void this.prepare()
    return this.#remainingMs > 0 ? this.#current : undefined
  }

  get #remainingMs(): number {
    return (this.#current?.expires ?? 0) - this.#wallNow()
  }

  async #renew(): Promise<void> {
    try {
      this.#current = (await this.#make()) ?? this.#current
    } catch {
      // The one that is there serves to its end.
    }
    this.#making = undefined
  }
}
