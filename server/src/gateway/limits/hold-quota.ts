/** A person has one prejoin screen, and for a moment two: while a lost socket of it still counts. */
const MAX_HOLDS_PER_IDENTITY = 2

export type HoldResult =
  /** `release`: gives the hold back; idempotent. */
  { readonly ok: true; readonly release: () => void } | { readonly ok: false; readonly error: 'holds' }

/** Counts the verified connections that hold without a seat. */
export class HoldQuota {
  readonly #byIdentity = new Map<string, number>()
  readonly #most: number
  #all = 0

  /** `most`: of the whole process, because a held client has no seat in a room that would count it. */
  constructor(most: number) {
    this.#most = most
  }

  acquire(identity: string): HoldResult {
    const own = this.#byIdentity.get(identity) ?? 0
    if (own >= MAX_HOLDS_PER_IDENTITY || this.#all >= this.#most) return { ok: false, error: 'holds' }
    this.#count(identity, 1)
    let held = true
    const release = () => {
      if (held) this.#count(identity, -1)
      held = false
    }
    return { ok: true, release }
  }

  #count(identity: string, by: 1 | -1): void {
    this.#all += by
    const own = (this.#byIdentity.get(identity) ?? 0) + by
    if (own === 0) this.#byIdentity.delete(identity)
    else this.#byIdentity.set(identity, own)
  }
}
