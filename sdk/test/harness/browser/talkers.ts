// People who only talk: clients in Node, without pictures.
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import { LiveStreamClient } from '../../../src/index'
import { allTexts, startTalk, type Talk } from './talk'

type Talker = {
  readonly client: LiveStreamClient
  readonly talk: Talk
  readonly left: string[]
  readonly resumed: boolean[]
}

/** Rooms full of talk, to keep a server busy. */
export class Talkers {
  readonly #rooms: (readonly Talker[])[] = []

  /** Begins to talk in a room, with so many at once. */
  async enter(url: string, room: string, people: number): Promise<void> {
    this.#rooms.push(await Promise.all(Array.from({ length: people }, (_, n) => enter(url, room, `Talker${n}`))))
  }

  /** How many texts the server has taken so far. */
  get kept(): number {
    return this.#all.reduce((sum, { talk }) => sum + talk.kept.length, 0)
  }

  get statuses(): string[] {
    return this.#all.map(({ client }) => client.state.status)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map(({ talk }) => talk.stop()))
  }

  /** Each text is in its room once and in order, no participant was reported as gone, and all have resumed so often. */
  async expectWhole(restarts: number): Promise<void> {
    for (const talkers of this.#rooms) {
      const [first] = talkers
      const texts = first === undefined ? [] : await allTexts(first.client)
      for (const { talk, left, resumed } of talkers) {
        expectWhole(texts, talk)
        expect(left).toEqual([])
        expect(resumed).toEqual(Array(restarts).fill(true))
      }
    }
  }

  async leave(): Promise<void> {
    await Promise.all(this.#all.map(({ client }) => client.leave()))
  }

  get #all(): Talker[] {
    return this.#rooms.flat()
  }
}

/** `texts`: all that the room has of the chat. */
export function expectWhole(texts: readonly string[], { said, kept, failed }: Omit<Talk, 'stop'>): void {
  expect(failed).toEqual([])
  expect(kept).toEqual(said)
  const [name = ''] = said[0]?.split(' ') ?? []
  expect(texts.filter((text) => text.startsWith(`${name} `))).toEqual(said)
}

async function enter(url: string, room: string, name: string): Promise<Talker> {
  const client = new LiveStreamClient({ url, room, name, WebSocket })
  const left: string[] = []
  const resumed: boolean[] = []
  client.on('participantLeft', ({ participant }) => left.push(participant.name))
  client.on('reconnected', (payload) => resumed.push(payload.resumed))
  await client.join()
  return { client, talk: startTalk(client, name), left, resumed }
}
