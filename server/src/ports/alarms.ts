import type { Clock } from './clock'

/** The clock on the wall may be set at any time, so it is looked at again within so long. */
const LOOK_AGAIN_MS = 60_000

/** What is due at some time by the clock on the wall. It is set for one time at most. */
export abstract class Alarm {
  /** ms since the epoch. */
  at = 0
  /** Its index among the alarms that are set; -1 while it is not. */
  place = -1

  /** Called once, when the clock on the wall shows its time, wherever that has been set meanwhile: at the latest a minute behind it. */
  abstract ring(): void
}

/**
 * All alarms of a server, with one timer: each connection has several, and a timer for each of them took 700 bytes of its memory.
 * A binary heap, the earliest alarm first.
 */
export class Alarms {
  readonly #clock: Pick<Clock, 'wall' | 'elapsed' | 'after'>
  readonly #heap: Alarm[] = []
  /** When the timer looks, by what has elapsed; infinite while there is no timer. */
  #looksAt = Number.POSITIVE_INFINITY
  #cancel = () => {}

  constructor(clock: Pick<Clock, 'wall' | 'elapsed' | 'after'>) {
    this.#clock = clock
  }

  /** Sets an alarm, for another time where it is set already. */
  set(alarm: Alarm, at: number): void {
    this.#remove(alarm)
    alarm.at = at
    this.#rise(alarm, this.#heap.length)
    if (this.#heap[0] === alarm && this.#clock.elapsed() + at - this.#clock.wall() < this.#looksAt) this.#look()
  }

  /** It does not ring any more. Idempotent. */
  clear(alarm: Alarm): void {
    this.#remove(alarm)
    if (this.#heap.length === 0) this.#look()
  }

  #look(): void {
    this.#cancel()
    this.#cancel = () => {}
    this.#looksAt = Number.POSITIVE_INFINITY
    const [first] = this.#heap
    if (first === undefined) return
    const left = Math.min(Math.max(0, first.at - this.#clock.wall()), LOOK_AGAIN_MS)
    this.#looksAt = this.#clock.elapsed() + left
    this.#cancel = this.#clock.after(left, () => this.#ringDue())
  }

  #ringDue(): void {
    try {
      for (let [first] = this.#heap; first !== undefined && first.at <= this.#clock.wall(); [first] = this.#heap) {
        this.#remove(first)
        first.ring()
      }
    } finally {
      // One that throws does not silence the others.
      this.#look()
    }
  }

  #remove(alarm: Alarm): void {
    const { place } = alarm
    const last = this.#heap.at(-1)
    if (place === -1 || last === undefined) return
    alarm.place = -1
    this.#heap.pop()
    if (last === alarm) return
    this.#rise(last, place)
    this.#sink(last)
  }

  /** Puts an alarm into a free place, or where one above it is later, that far up. */
  #rise(alarm: Alarm, free: number): void {
    let place = free
    for (;;) {
      const above = (place - 1) >> 1
      const other = place === 0 ? undefined : this.#heap[above]
      if (other === undefined || other.at <= alarm.at) break
      this.#put(other, place)
      place = above
    }
    this.#put(alarm, place)
  }

  #sink(alarm: Alarm): void {
    for (;;) {
      const { place } = alarm
      const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]]
      const earlier = right !== undefined && left !== undefined && right.at < left.at ? right : left
      if (earlier === undefined || earlier.at >= alarm.at) return
      this.#put(earlier, place)
      this.#put(alarm, 2 * place + (earlier === right ? 2 : 1))
    }
  }

  #put(alarm: Alarm, place: number): void {
    this.#heap[place] = alarm
    alarm.place = place
  }
}
