import type { Role } from '@peerstage/sdk/protocol'
import { doSomething } from './actions'
import { end } from './endings'
import { failToJoin } from './failed-joins'
import { between, oneOf, pause, weighted } from './random'
import { SimulatedUser, type UserRun } from './simulated-user'
import type { Tally } from './tally'

/** How many users join each room, one after the other; some are in it at the same time. Its id is not used again. */
const USERS_PER_ROOM = 14
/** How many of the latest rooms and identities are used again by others. */
const REMEMBERED = 200
/** A run that takes longer counts as hanging. The slowest ones stall for 20 s, and may do so again after a rejoin. */
const RUN_LIMIT_MS = 180_000

/** A number of simulated users at a time. When the run of one ends, the next one starts. */
export class SimulatedUsers {
  readonly rooms: string[] = []
  readonly identities: string[] = []
  readonly #url: string
  readonly #tally: Tally
  #started = 0
  #over = false

  constructor(url: string, tally: Tally) {
    this.#url = url
    this.#tally = tally
  }

  /** How many rooms have been used so far. */
  get roomCount(): number {
    return Math.ceil(this.#started / USERS_PER_ROOM)
  }

  get isOver(): boolean {
    return this.#over
  }

  /** Starts one run after the other until `stop()`; resolves when all runs have ended. */
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
    const run = this.#next()
    let limit: NodeJS.Timeout | undefined
    const hangs = new Promise<void>((resolve) => {
      limit = setTimeout(() => resolve(this.#tally.fault('a run hangs')), RUN_LIMIT_MS)
    })
    await Promise.race([this.#spend(run), hangs])
    clearTimeout(limit)
  }

  #next(): UserRun {
    const room = `room-${Math.floor(this.#started / USERS_PER_ROOM)}`
    const isFirst = this.#started % USERS_PER_ROOM === 0
    // Most identities are new to the room; a few are in it already, and take over their own seat.
    const known = Math.random() < 0.03 ? oneOf(this.identities) : undefined
    const identity = known ?? `person-${this.#started}`
    this.#started++
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

  async #spend(run: UserRun): Promise<void> {
    this.#tally.note('users')
    try {
      await (Math.random() < 0.08 ? failToJoin(run) : stay(run))
    } catch (error) {
      // Others end its run too: a kick, a takeover, the end of the room, a full room.
      const [, code] = /^closed with (\d+)/.exec((error as Error).message) ?? []
      if (code === undefined) throw error
      this.#tally.closed(Number(code))
    }
    for (const client of run.opened) client.cut()
  }
}

async function stay(run: UserRun): Promise<void> {
  const user = await SimulatedUser.join(run)
  await user.client.welcome()
  for (let left = between(2, 10); left > 0; left--) {
    await doSomething(user)
    await pause(0, 600)
  }
  await end(user)
}

function remember(all: string[], latest: string): void {
  all.push(latest)
  if (all.length > REMEMBERED) all.shift()
}
