import type { Command, Role } from '@peerstage/sdk/protocol'
import { signToken } from '../../src/index'
import { TestClient, type TestClientOptions } from '../harness/test-client'
import { SECRET } from './settings'
import type { Tally } from './tally'

/** What one user does: the room that it joins, as whom, and the sockets that it has opened. */
export type UserRun = {
  readonly url: string
  readonly room: string
  readonly identity: string
  readonly role: Role
  readonly tally: Tally
  /** All its sockets so far: none outlives the run. */
  readonly opened: TestClient[]
}

type WithoutId<C> = C extends unknown ? Omit<C, 'id'> : never
export type UnnumberedCommand = WithoutId<Command>

/** A client before and in a room: one socket after the other of one session. */
export class SimulatedUser {
  readonly run: UserRun
  #client: TestClient

  static async join(run: UserRun, options: TestClientOptions = {}): Promise<SimulatedUser> {
    return new SimulatedUser(run, await connected(run, options))
  }

  private constructor(run: UserRun, client: TestClient) {
    this.run = run
    this.#client = client
  }

  get client(): TestClient {
    return this.#client
  }

  /** Asks, and counts what came of it. Rejects when the socket closes before. */
  async ask(command: UnnumberedCommand): Promise<void> {
    const { tally, room } = this.run
    // Before its answer, which may find its asker gone.
    if (command.type === 'moderation.ban') tally.roomsWithBans.add(room)
    const reply = await this.#client.ask(command)
    tally.answered(command.type, reply)
  }

  /** The others, as they were when it came, and since. */
  get others(): string[] {
    const joined = this.#client.events('participant.joined').map(({ logged: { event } }) => event)
    const since = joined.flatMap((event) => (event.type === 'participant.joined' ? [event.participant.id] : []))
    const [welcome] = this.#client.received
    const before = welcome?.type === 'welcome' ? (welcome.room?.participants.map(({ id }) => id) ?? []) : []
    const self = welcome?.type === 'welcome' ? welcome.self : ''
    return [...before, ...since].filter((id) => id !== self)
  }

  /** What the room heard so far, by the ids of its messages. */
  get messageIds(): string[] {
    const sent = this.#client.events('chat.sent').map(({ logged: { event } }) => event)
    return sent.flatMap((event) => (event.type === 'chat.sent' ? [event.message.id] : []))
  }

  /** Opens the next socket of the session. `resumed`: goes on after the last event; `reloaded`: starts a new page. */
  async rejoin(how: 'resumed' | 'reloaded'): Promise<void> {
    const { session, joinId, attempt } = this.#client.hello
    const [welcome] = this.#client.received
    const goesOn = how === 'resumed' && welcome?.type === 'welcome'
    const seq = this.#client.events().at(-1)?.logged.seq ?? 0
    const behind = goesOn ? { joinId, seq: Math.max(seq, welcome.seq), instance: welcome.instance } : {}
    this.#client = await connected(this.run, { session, attempt: attempt + 1, ...behind })
    await this.#client.welcome()
    this.run.tally.note(`rejoined: ${how}`)
  }
}

async function connected(
  { url, room, identity, role, tally, opened }: UserRun,
  options: TestClientOptions,
): Promise<TestClient> {
  const token = await signToken({ secret: SECRET, room, identity, role, name: identity })
  tally.note('sockets')
  const client = new TestClient(url, room, { token, ...options })
  opened.push(client)
  return client
}
