/** Pauses by key, at most `capacity` of them: the one begun first goes first. */
export class Pauses {
  readonly #until = new Map<string, number>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Begins a pause, in the place of the key's last one. */
  begin(key: string, now: number, ms: number): void {
    this.#until.delete(key)
    this.#until.set(key, now + ms)
    const [oldest] = this.#until.keys()
    if (this.#until.size > this.#capacity && oldest !== undefined) this.#until.delete(oldest)
  }

  /** How long the key's pause still is, in ms; 0 when it is over, or there is none. */
  left(key: string, now: number): number {
    const until = this.#until.get(key)
    if (until === undefined || until > now) return until === undefined ? 0 : until - now
    this.#until.delete(key)
    return 0
  }
}
