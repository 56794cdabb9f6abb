import type { Command, Role } from '@peerstage/sdk/protocol'
import { signToken } from '../../src/index'
import { TestClient, type TestClientOptions } from '../harness/test-client'
import { SECRET } from './settings'
import type { Tally } from './tally'

/** Where a visitor comes to, and as whom. */
export type Visit = {
  readonly url: string
  readonly room: string
  readonly identity: string
  readonly role: Role
  readonly tally: Tally
  /** All its sockets so far: none outlives the visit. */
  readonly opened: TestClient[]
}

type WithoutId<C> = C extends unknown ? Omit<C, 'id'> : never
export type Wish = WithoutId<Command>

/** A client before and in a room: one socket after the other of one session. */
export class Visitor {
  readonly visit: Visit
  #client: TestClient

  static async come(visit: Visit, options: TestClientOptions = {}): Promise<Visitor> {
    return new Visitor(visit, await connected(visit, options))
  }

  private constructor(visit: Visit, client: TestClient) {
    this.visit = visit
    this.#client = client
  }

  get client(): TestClient {
    return this.#client
  }

  /** Asks, and counts what came of it. Rejects when the socket closes before. */
  async ask(wish: Wish): Promise<void> {
    const { tally, room } = this.visit
    // Before its answer, which may find its asker gone.
    if (wish.type === 'moderation.ban') tally.roomsWithBans.add(room)
    const reply = await this.#client.ask(wish)
    tally.answered(wish.type, reply)
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

  /** The next socket of the session: after a lost one it goes on where it was, after a reload it begins anew. */
  async comeBack(how: 'resumed' | 'reloaded'): Promise<void> {
    const { session, joinId, attempt } = this.#client.hello
    const [welcome] = this.#client.received
    const goesOn = how === 'resumed' && welcome?.type === 'welcome'
    const seq = this.#client.events().at(-1)?.logged.seq ?? 0
    const behind = goesOn ? { joinId, seq: Math.max(seq, welcome.seq), instance: welcome.instance } : {}
    this.#client = await connected(this.visit, { session, attempt: attempt + 1, ...behind })
    await this.#client.welcome()
    this.visit.tally.note(`came back: ${how}`)
  }
}

async function connected(
  { url, room, identity, role, tally, opened }: Visit,
  options: TestClientOptions,
): Promise<TestClient> {
  const token = await signToken({ secret: SECRET, room, identity, role, name: identity })
  tally.note('sockets')
  const client = new TestClient(url, room, { token, ...options })
  opened.push(client)
  return client
}
