import type { Clock } from '../../../server/src/ports/clock'
import { systemClock } from '../../../server/src/ports/clock'

type Timer = { readonly at: number; readonly order: number; readonly callback: () => void }

/** The one time of a world: stands still until it is moved. Whole ms since the world began. */
export class Time {
  #now = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: Math.ceil(this.#now + Math.max(0, delayMs)), order: this.#order++, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves on; whenever something was due on the way, the world comes to rest before time goes on. */
  async pass(ms: number, rest: () => Promise<void>): Promise<void> {
    const end = this.#now + ms
    for (let due = this.#next(end); due.length > 0; due = this.#next(end)) {
      for (const timer of due) {
        if (!this.#timers.delete(timer)) continue
        this.#now = timer.at
        timer.callback()
      }
      await rest()
    }
    this.#now = end
  }

  /** All timers of the next moment, in the order in which they were set. */
  #next(end: number): Timer[] {
    let at = end
    for (const timer of this.#timers) at = Math.min(at, timer.at)
    return [...this.#timers].filter((timer) => timer.at <= at).sort((a, b) => a.order - b.order)
  }
}

/** The wall clock, which can be set: ms since the epoch. */
export class Wall {
  readonly #time: Time
  #offset = 1_000_000_000_000
  /** The latest that it was before it was set. */
  furthest = 0

  constructor(time: Time) {
    this.#time = time
  }

  now(): number {
    return this.#offset + this.#time.now()
  }

  set(byMs: number): void {
    this.furthest = Math.max(this.furthest, this.now())
    this.#offset += byMs
  }
}

/** The clock of one server process: the system's, by the time of the world. It ends with the process. */
export class ProcessClock implements Clock {
  readonly #time: Time
  readonly now: () => number
  readonly wall: () => number
  readonly elapsed: () => number
  #turns: (() => void)[] = []
  #stopped = false

  constructor(time: Time, wall: Wall) {
    this.#time = time
    this.wall = () => wall.now()
    this.elapsed = () => time.now()
    this.now = systemClock(this).now
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#time.after(delayMs, () => {
      if (!this.#stopped) callback()
    })
  }

  nextTurn(callback: () => void): void {
    if (!this.#stopped) this.#turns.push(callback)
  }

  /** Takes one turn of the event loop. False when nothing waited for it. */
  turn(): boolean {
    const turns = this.#turns.splice(0)
    for (const callback of turns) callback()
    return turns.length > 0
  }

  stop(): void {
    this.#stopped = true
    this.#turns = []
  }
}
