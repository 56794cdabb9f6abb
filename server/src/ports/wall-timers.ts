import type { Clock } from './clock'

/** The wall clock may be set at any time, so it is read at least this often. */
const LONGEST_DELAY_MS = 60_000

/** A timer by the wall clock. It is set for one time at most. */
export abstract class WallTimer {
  /** ms since the epoch. */
  at = 0
  /** Its index among the timers that are set; -1 while it is not. */
  place = -1

  /** Called once, at most a minute late if the wall clock was set. */
  abstract fire(): void
}

/**
 * All wall timers of a server, driven by one timer of Node: each connection has several, and a timer of Node for each of them took
 * 700 bytes. A binary heap, the earliest timer first.
 */
export class WallTimers {
  readonly #clock: Pick<Clock, 'wall' | 'elapsed' | 'after'>
  readonly #heap: WallTimer[] = []
  /** When the timer of Node fires, in elapsed time; infinite while it is not set. */
  #firesAt = Number.POSITIVE_INFINITY
  #cancel = () => {}

  constructor(clock: Pick<Clock, 'wall' | 'elapsed' | 'after'>) {
    this.#clock = clock
  }

  /** Sets a timer. If it is set already, the new time replaces the old one. */
  set(timer: WallTimer, at: number): void {
    this.#remove(timer)
    timer.at = at
    this.#rise(timer, this.#heap.length)
    // The first may be another one: it is overdue if the wall clock was set forward.
    const first = this.#heap[0] ?? timer
    if (this.#clock.elapsed() + first.at - this.#clock.wall() < this.#firesAt) this.#arm()
  }

  /** It does not fire any more. Idempotent. */
  clear(timer: WallTimer): void {
    this.#remove(timer)
    if (this.#heap.length === 0) this.#arm()
  }

  #arm(): void {
    this.#cancel()
    this.#cancel = () => {}
    this.#firesAt = Number.POSITIVE_INFINITY
    const [first] = this.#heap
    if (first === undefined) return
    const left = Math.min(Math.max(0, first.at - this.#clock.wall()), LONGEST_DELAY_MS)
    this.#firesAt = this.#clock.elapsed() + left
    this.#cancel = this.#clock.after(left, () => this.#fireDue())
  }

  #fireDue(): void {
    try {
      for (let [first] = this.#heap; first !== undefined && first.at <= this.#clock.wall(); [first] = this.#heap) {
        this.#remove(first)
        first.fire()
      }
    } finally {
      // One that throws does not silence the others.
      this.#arm()
    }
  }

  #remove(timer: WallTimer): void {
    const { place } = timer
    const last = this.#heap.at(-1)
    if (place === -1 || last === undefined) return
    timer.place = -1
    this.#heap.pop()
    if (last === timer) return
    this.#rise(last, place)
    this.#sink(last)
  }

  /** Puts a timer at a free index, and moves it up past the timers that are later. */
  #rise(timer: WallTimer, free: number): void {
    let place = free
    for (;;) {
      const above = (place - 1) >> 1
      const other = place === 0 ? undefined : this.#heap[above]
      if (other === undefined || other.at <= timer.at) break
      this.#put(other, place)
      place = above
    }
    this.#put(timer, place)
  }

  #sink(timer: WallTimer): void {
    for (;;) {
      const { place } = timer
      const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]]
      const earlier = right !== undefined && left !== undefined && right.at < left.at ? right : left
      if (earlier === undefined || earlier.at >= timer.at) return
      this.#put(earlier, place)
      this.#put(timer, 2 * place + (earlier === right ? 2 : 1))
    }
  }

  #put(timer: WallTimer, place: number): void {
    this.#heap[place] = timer
    timer.place = place
  }
}
