import type { Role } from '@peerstage/sdk/protocol'
import { between, oneOf, pause, weighted } from './chance'
import { doSomething } from './deeds'
import { comeNoFurther } from './doorsteps'
import { end } from './endings'
import type { Tally } from './tally'
import { type Visit, Visitor } from './visitor'

/** So many come to a room, one after the other; some are there at the same time. Its id is not used again. */
const VISITS_OF_A_ROOM = 14
/** How many of the latest rooms and people others may still be sent to. */
const REMEMBERED = 200
/** A visit that takes longer hangs. The slowest of them stalls for 20 s, and may do so again after it came back. */
const VISIT_LIMIT_MS = 180_000

/** So many people at once, each of whom visits one room after the other. */
export class Crowd {
  readonly rooms: string[] = []
  readonly identities: string[] = []
  readonly #url: string
  readonly #tally: Tally
  #visits = 0
  #over = false

  constructor(url: string, tally: Tally) {
    this.#url = url
    this.#tally = tally
  }

  /** Rooms that anybody came to so far. */
  get roomCount(): number {
    return Math.ceil(this.#visits / VISITS_OF_A_ROOM)
  }

  get isOver(): boolean {
    return this.#over
  }

  /** Comes and goes until `stop()`; resolves when everybody has gone. */
  async churn(people: number): Promise<void> {
    this.#over = false
    await Promise.all(Array.from({ length: people }, () => this.#goOn()))
  }

  stop(): void {
    this.#over = true
  }

  async #goOn(): Promise<void> {
    await pause(0, 2000)
    while (!this.#over) await this.#one()
  }

  async #one(): Promise<void> {
    const visit = this.#next()
    let limit: NodeJS.Timeout | undefined
    const hangs = new Promise<void>((resolve) => {
      limit = setTimeout(() => resolve(this.#tally.fault('a visit hangs')), VISIT_LIMIT_MS)
    })
    await Promise.race([this.#spend(visit), hangs])
    clearTimeout(limit)
  }

  #next(): Visit {
    const room = `room-${Math.floor(this.#visits / VISITS_OF_A_ROOM)}`
    const isFirst = this.#visits % VISITS_OF_A_ROOM === 0
    // Most are new to the room; a few are there already, and take their own place over.
    const known = Math.random() < 0.03 ? oneOf(this.identities) : undefined
    const identity = known ?? `person-${this.#visits}`
    this.#visits++
    if (isFirst) remember(this.rooms, room)
    remember(this.identities, identity)
    const others = [
      [1, 'host'],
      [1, 'cohost'],
      [4, 'guest'],
      [4, 'viewer'],
    ] as const
    const role: Role = isFirst ? 'host' : weighted(others)
    return { url: this.#url, room, identity, role, tally: this.#tally, opened: [] }
  }

  async #spend(visit: Visit): Promise<void> {
    this.#tally.note('visits')
    try {
      await (Math.random() < 0.08 ? comeNoFurther(visit) : stay(visit))
    } catch (error) {
      // Others end its visit too: a kick, a takeover, the end of the room, a full house.
      const [, code] = /^closed with (\d+)/.exec((error as Error).message) ?? []
      if (code === undefined) throw error
      this.#tally.closed(Number(code))
    }
    for (const client of visit.opened) client.cut()
  }
}

async function stay(visit: Visit): Promise<void> {
  const visitor = await Visitor.come(visit)
  await visitor.client.welcome()
  for (let left = between(2, 10); left > 0; left--) {
    await doSomething(visitor)
    await pause(0, 600)
  }
  await end(visitor)
}

function remember(all: string[], latest: string): void {
  all.push(latest)
  if (all.length > REMEMBERED) all.shift()
}
