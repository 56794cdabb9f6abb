// What load one process holds, as its users run it: full rooms that talk, on a file. Clients and server share the machine.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { LiveServer } from '../../../sdk/test/browser/harness/live-server'
import { scrape } from '../harness/scrape'
import { TestClient } from '../harness/test-client'

const PEOPLE = 20
/** Five people of each room say something each second: as much as can be read. */
const TALKERS = 5
const SECONDS = 15
const TEXT = ' what people say in a chat is about as long as this'
/** Sockets that come at once: the server verifies at most 500 at a time. */
const ARRIVING = 200

/** Anybody in a room. What they hear is only looked through for texts: decoding it all would measure the clients. */
class Listener {
  readonly socket: WebSocket
  #took: number[] = []

  /** In the place of a client that is in the room. */
  constructor({ socket }: TestClient, sentAt: ReadonlyMap<string, number>) {
    this.socket = socket
    socket.removeAllListeners('message')
    socket.on('message', (data) => {
      const now = performance.now()
      for (const [, id = ''] of String(data).matchAll(/"text":"(\S+) /g)) {
        this.#took.push(now - (sentAt.get(id) ?? Number.NaN))
      }
    })
  }

  get took(): readonly number[] {
    return this.#took
  }
}

/** Rooms with everybody in them, by batches. */
async function fill(url: string, rooms: readonly string[], sentAt: ReadonlyMap<string, number>): Promise<Listener[][]> {
  const places = rooms.flatMap((room) => Array.from({ length: PEOPLE }, () => room))
  const byRoom = new Map<string, Listener[]>(rooms.map((room) => [room, []]))
  for (let from = 0; from < places.length; from += ARRIVING) {
    const come = async (room: string) => {
      const client = new TestClient(url, room)
      await client.welcome()
      byRoom.get(room)?.push(new Listener(client, sentAt))
    }
    await Promise.all(places.slice(from, from + ARRIVING).map(come))
  }
  return [...byRoom.values()]
}

/** Talks in all rooms, spread over each second. Says how many texts there were. */
async function talk(rooms: readonly Listener[][], sentAt: Map<string, number>): Promise<number> {
  const talkers = rooms.flatMap((room) => room.slice(0, TALKERS))
  const say = async ({ socket }: Listener, n: number) => {
    await passing((1000 * n) / talkers.length)
    for (let id = 1; id <= SECONDS; id++) {
      const text = `${n}.${id}`
      sentAt.set(text, performance.now())
      socket.send(JSON.stringify([{ type: 'chat.send', id, text: text + TEXT }]))
      await passing(1000)
    }
  }
  await Promise.all(talkers.map(say))
  return talkers.length * SECONDS
}

const passing = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN

test.each([25, 50, 100, 200, 400])(`%s rooms of ${PEOPLE}, ${TALKERS} texts a second in each`, async (count) => {
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-load-'))
  const server = await LiveServer.start({ args: ['--log', join(folder, 'rooms.db')] })
  const sentAt = new Map<string, number>()
  const rooms = await fill(
    server.url,
    Array.from({ length: count }, (_, n) => `room-${n}`),
    sentAt,
  )
  const texts = await talk(rooms, sentAt)
  const all = rooms.flat()
  const heard = () => all.reduce((sum, { took }) => sum + took.length, 0)
  await expect.poll(heard, { timeout: 120_000, interval: 500 }).toBe(texts * PEOPLE)
  const lag = await scrape(server.url, 'peerstage_event_loop_lag_seconds{quantile="0.99"}')
  const took = all.flatMap((each) => each.took).sort((a, b) => a - b)
  console.log(
    `${count} rooms, ${all.length} people: ${texts / SECONDS} texts and ${(texts * PEOPLE) / SECONDS} deliveries a second, ` +
      `all there; median ${at(took, 0.5).toFixed(1)} ms, 99 % within ${at(took, 0.99).toFixed(0)} ms, ` +
      `event loop of the server 99 % within ${(1000 * lag).toFixed(0)} ms`,
  )
  for (const { socket } of all) socket.terminate()
  await server.stop()
  rmSync(folder, { recursive: true })
})
