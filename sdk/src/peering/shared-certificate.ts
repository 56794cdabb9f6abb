/** How long before a certificate expires another one is made. Certificates of browsers expire after 30 days. */
const AHEAD_MS = 24 * 60 * 60 * 1000

/**
 * One certificate for all connections, as making one is slow. A page may be open longer than a certificate is valid, and a connection
 * cannot be opened with an expired one, so it is replaced in time. Open connections keep theirs, which is not checked again.
 */
export class SharedCertificate {
  readonly #make: () => Promise<RTCCertificate | undefined>
  readonly #wallNow: () => number
  #current: RTCCertificate | undefined
  #making: Promise<void> | undefined

  /**
   * @param make a failure counts as undefined: then connections make their own
   * @param wallNow milliseconds since the epoch, by the clock that `expires` refers to
   */
  constructor(make: () => Promise<RTCCertificate | undefined>, wallNow: () => number) {
    this.#make = make
    this.#wallNow = wallNow
  }

  /** Resolves when there is one, or when none can be made. Never rejects. */
  async prepare(): Promise<void> {
    if (this.#remainingMs > AHEAD_MS) return
    this.#making ??= this.#renew()
    await this.#making
  }

  /** For a connection that opens now; undefined if it has to make its own. */
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
      // The current one is used until it expires.
    }
    this.#making = undefined
  }
}
