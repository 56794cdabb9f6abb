import { ENDED_FOR_MS, type StoredRoom } from '../../ports/event-log'
import type { Ban } from '../../room/moderation-ledger'
import { applyBans } from '../../room/moderation-ledger'
import type { Projection } from '../../room/slice'

/** The most room ids with bans. Beyond it, the one that got its bans first is removed. */
const BANNED_ROOMS_KEPT = 10_000
const NO_BANS: ReadonlyMap<string, Ban> = new Map()

/** What is kept of a room after its instances: its bans, and the time of its end. */
export class Tombstones {
  readonly #now: () => number
  readonly #bans = new Map<string, ReadonlyMap<string, Ban>>()
  /** By room id, the time of its end, oldest first. */
  readonly #ends = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Applies a record of the time `at`: its change of the bans, and the end of the room. */
  note(roomId: string, { bans, isEnd }: Projection, at: number): void {
    if (bans !== undefined) this.#noteBans(roomId, applyBans(this.#bansOf(roomId), bans))
    if (!isEnd) return
    this.#forgetEnds()
    this.#ends.delete(roomId)
    // The time of a room may be ahead of the clock.
    this.#ends.set(roomId, Math.min(at, this.#now()))
  }

  of(roomId: string): Omit<StoredRoom, 'state'> {
    const endedAt = this.#endOf(roomId)
    return { bans: [...this.#bansOf(roomId).values()], ...(endedAt === undefined ? {} : { endedAt }) }
  }

  remove(roomId: string): void {
    this.#bans.delete(roomId)
    this.#ends.delete(roomId)
  }

  clear(): void {
    this.#bans.clear()
    this.#ends.clear()
  }

  #bansOf(roomId: string): ReadonlyMap<string, Ban> {
    return this.#bans.get(roomId) ?? NO_BANS
  }

  #noteBans(roomId: string, bans: ReadonlyMap<string, Ban>): void {
    if (bans.size === 0) this.#bans.delete(roomId)
    else this.#bans.set(roomId, bans)
    const [first] = this.#bans.keys()
    if (first !== undefined && this.#bans.size > BANNED_ROOMS_KEPT) this.#bans.delete(first)
  }

  /** The time of the end; undefined when it was so long ago that joins are accepted again. */
  #endOf(roomId: string): number | undefined {
    const endedAt = this.#ends.get(roomId)
    return endedAt !== undefined && endedAt + ENDED_FOR_MS > this.#now() ? endedAt : undefined
  }

  #forgetEnds(): void {
    for (const roomId of this.#ends.keys()) {
      if (this.#endOf(roomId) !== undefined) break
      this.#ends.delete(roomId)
    }
  }
}
