import { Backend } from './backend'
import { leftovers, type Measured, type ServerGauges, summary } from './measured'
import { pause } from './random'
import type { ServerProcess } from './server-process'
import { SimulatedUsers } from './simulated-users'
import { Tally } from './tally'

const SECOND_MS = 1000
/** Long enough for everything to have happened once, and to be compiled. */
const WARM_UP_MS = 20 * SECOND_MS
/** Who was lost is kept for 60 s, and an empty room for 60 s more. The rest is for a machine that is busy. */
const SETTLE_LIMIT_MS = 5 * 60 * SECOND_MS
const SETTLE_STEP_MS = 5 * SECOND_MS
/** How often it is measured while it churns: each time its garbage is collected. */
const LOOK_EACH_MS = 5 * SECOND_MS
const LOOKS_BETWEEN_LINES = 12

/** What must have happened, or the soak has shown nothing. */
const MUST_HAPPEN = [
  'chat.send: ok',
  'chat.history: ok',
  'chat.delete: ok',
  'media.update: ok',
  'moderation.kick: ok',
  'moderation.ban: ok',
  'moderation.endRoom: ok',
  'session.refresh: ok',
  'leave: ok',
  'rejoined: resumed',
  'rejoined: reloaded',
  'bad messages',
  'bad frames',
  'slow readers',
  'closed: 4400',
  'closed: 4401',
  'closed: 4409',
  'closed: 4410',
  'closed: 4411',
  'DELETE /v1/rooms/:room: 200',
  'DELETE /v1/identities/:identity: 200',
  'POST /v1/rooms/:room/end: 200',
]

/** By the server's own count: for its reader it may be too late to hear why it was closed. */
const SLOW = 'peerstage_rejections_total{reason="slow_consumer"}'

/** The phases of a soak: the server warms up, users churn, and the server comes to rest again. */
export class Soak {
  readonly tally = new Tally()
  readonly most = { rooms: 0, sockets: 0, heapBytes: 0, fileBytes: 0, walBytes: 0 }
  readonly #server: ServerProcess
  readonly #backend: Backend
  readonly #users: SimulatedUsers
  readonly #people: number

  constructor(server: ServerProcess, people: number) {
    this.#server = server
    this.#people = people
    this.#backend = new Backend(server.url, this.tally)
    this.#users = new SimulatedUsers(server.url, this.tally)
  }

  get rooms(): number {
    return this.#users.roomCount
  }

  /** Returns the state to compare with: that of a server at rest after its first users. Its rooms are erased for that. */
  async warmUp(): Promise<Measured & ServerGauges> {
    await this.#churnFor(WARM_UP_MS)
    for (let room = 0; room < this.rooms; room++) await this.#backend.erase(`room-${room}`)
    return (await this.settle()).after
  }

  async churn(minutes: number): Promise<void> {
    await this.#churnFor(minutes * 60 * SECOND_MS)
  }

  /** Waits until everything is back where it was; after five minutes, it is not. Without `before`: until no client is there. */
  async settle(before?: Measured & ServerGauges): Promise<{ after: Measured & ServerGauges; found: string[] }> {
    const limit = performance.now() + SETTLE_LIMIT_MS
    for (;;) {
      for (const room of this.tally.roomsWithBans) await this.#backend.erase(room)
      this.tally.roomsWithBans.clear()
      // With each transaction the log lets some of what is old go.
      await this.#backend.erase('not-there')
      const after = await this.#look()
      const found = leftovers(before ?? after, after)
      if (found.length === 0 || performance.now() > limit) return { after, found }
      if (before !== undefined) console.log(`not yet: ${found.join('; ')}`)
      await pause(SETTLE_STEP_MS, SETTLE_STEP_MS)
    }
  }

  /** What should have happened, and did not, in sentences. */
  async neverHappened(): Promise<string[]> {
    const never = MUST_HAPPEN.filter((what) => this.tally.of(what) === 0)
    const [slow] = await this.#backend.gauges(SLOW)
    return (slow === 0 ? [...never, SLOW] : never).map((what) => `it never happened: ${what}`)
  }

  async #churnFor(ms: number): Promise<void> {
    const until = performance.now() + ms
    const users = this.#users
    const churning = users.churn(this.#people)
    const working = this.#backend.work(
      () => users.isOver,
      () => users.rooms,
      () => users.identities,
    )
    for (let looks = 1; performance.now() < until; looks++) {
      await pause(LOOK_EACH_MS, LOOK_EACH_MS)
      const looked = await this.#look()
      if (looks % LOOKS_BETWEEN_LINES === 0) console.log(`meanwhile: ${summary(looked)}`)
    }
    users.stop()
    await Promise.all([churning, working])
  }

  async #look(): Promise<Measured & ServerGauges> {
    const names = ['rooms', 'sockets', 'participants', 'queued_bytes', 'paused_sockets'].map(
      (name) => `peerstage_${name}`,
    )
    const [rooms = -1, sockets = -1, participants = -1, queuedBytes = -1, pausedSockets = -1] =
      await this.#backend.gauges(...names)
    const { fileBytes, walBytes } = this.#server
    const gauges = { rooms, sockets, participants, queuedBytes, pausedSockets, fileBytes, walBytes }
    const looked = { ...(await this.#server.measure()), ...gauges }
    for (const each of ['rooms', 'sockets', 'heapBytes', 'fileBytes', 'walBytes'] as const) {
      this.most[each] = Math.max(this.most[each], looked[each])
    }
    return looked
  }
}
