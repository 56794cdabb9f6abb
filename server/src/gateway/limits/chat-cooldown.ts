/** How many expired ones are removed each time that one begins: more than can be added. */
const FORGOTTEN_AT_ONCE = 2

/** Cooldowns by key, at most `capacity` of them: the one begun first goes first, once it is over or when there are too many. */
export class ChatCooldowns {
  readonly #until = new Map<string, number>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Begins a cooldown; it replaces the key's last one. */
  begin(key: string, now: number, ms: number): void {
    this.#until.delete(key)
    this.#until.set(key, now + ms)
    this.#forget(now)
  }

  /** What is left of the key's cooldown, in ms; 0 when it is over, or there is none. */
  left(key: string, now: number): number {
    const until = this.#until.get(key)
    if (until === undefined || until > now) return until === undefined ? 0 : until - now
    this.#until.delete(key)
    return 0
  }

  #forget(now: number): void {
    let left = FORGOTTEN_AT_ONCE
    for (const [key, until] of this.#until) {
      if (left-- === 0 || (until > now && this.#until.size <= this.#capacity)) return
      this.#until.delete(key)
    }
  }
}
