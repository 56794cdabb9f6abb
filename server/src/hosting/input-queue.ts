import type { Connection } from '../ports/connection'
import type { RoomInput } from './input'
import { batchLength } from './prefetch'

/**
 * What waits for the batches of a room, in the order of its arrival. Beyond its bound it takes only one tick, and the end of each
 * connection that has a seat or waits for one: clients cannot increase the number of these.
 */
export class InputQueue {
  readonly #bound: number
  #inputs: RoomInput[] = []

  constructor(bound: number) {
    this.#bound = bound
  }

  get isEmpty(): boolean {
    return this.#inputs.length === 0
  }

  /** Whether it was taken. `isSeated`: whether the connection that ended had a seat. */
  offer(input: RoomInput, isSeated: (connection: Connection) => boolean): boolean {
    const full = this.#inputs.length >= this.#bound
    if (full && !this.#isNeverRejected(input, isSeated)) return false
    this.#inputs.push(input)
    return true
  }

  /** What makes the next batch. */
  takeBatch(): RoomInput[] {
    return this.#inputs.splice(0, batchLength(this.#inputs))
  }

  takeAll(): RoomInput[] {
    return this.#inputs.splice(0)
  }

  #isNeverRejected(input: RoomInput, isSeated: (connection: Connection) => boolean): boolean {
    if (input.type === 'tick') return true
    if (input.type !== 'gone') return false
    const { connection } = input
    return isSeated(connection) || this.#inputs.some((each) => each.type === 'join' && each.connection === connection)
  }
}
