// What a stalled reader costs the others: the same room with it and without it, in turn. Quote the ratio, not the times.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { LiveServer } from '../../../sdk/test/browser/live-server'
import { scrape } from '../gateway/scrape'
import { TestClient } from '../gateway/test-client'

const READERS = 18
const MESSAGES = 300
/** All of them fit a stalled reader's queue, in the place of casts: it is there to the end of its round. */
const TEXT_BYTES = 2000
const EVERY_MS = 10
const QUEUED_BYTES = 512 * 1024
const ROUNDS = 12
/** More than what the operating system takes for somebody who reads nothing. */
const FILLING_FRAMES = 200
const CASTS_IN_A_FRAME = 8

const ANY = 1_000_000
const LIMITS = {
  ...{ chatPerSecond: ANY, chatBurst: ANY, roomChatPerSecond: ANY, roomChatBurst: ANY },
  ...{ commandsPerSecond: ANY, commandBurst: ANY, castsPerSecond: ANY, castBurst: ANY },
}

/** A room with a talker, its readers, and one more who reads as they do, or stops. */
async function openRoom(url: string, room: string, stalls: boolean) {
  const come = async (name: string) => {
    const client = new TestClient(url, room, { name })
    await client.welcome()
    return client
  }
  const talker = await come('talker')
  const one = await come('one')
  const readers = await Promise.all(Array.from({ length: READERS }, (_, i) => come(`reader ${i}`)))
  if (stalls) await stall(one, talker)
  return { talker, readers, all: [talker, one, ...readers] }
}

/** From here on its queue is full of casts, which give way to what is said. */
async function stall(one: TestClient, talker: TestClient): Promise<void> {
  const { self } = await one.welcome()
  one.socket.pause()
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to: [self] } }
  const frame = Array.from({ length: CASTS_IN_A_FRAME }, () => cast)
  for (let sent = 0; sent < FILLING_FRAMES; sent++) talker.say(...frame)
  await talker.roundTrip()
}

/** Milliseconds from each message to each of its readers, sorted. */
async function latencies(url: string, room: string, stalls: boolean): Promise<number[]> {
  const { talker, readers, all } = await openRoom(url, room, stalls)
  const sentAt: number[] = []
  const took: number[] = []
  for (const { socket } of readers) {
    socket.on('message', (data) => {
      const now = performance.now()
      for (const [, n] of String(data).matchAll(/"text":"(\d+) /g)) took.push(now - (sentAt[Number(n)] ?? Number.NaN))
    })
  }
  const text = randomBytes(TEXT_BYTES / 2).toString('hex')
  for (let n = 0; n < MESSAGES; n++) {
    sentAt.push(performance.now())
    talker.say({ type: 'chat.send', id: n + 1, text: `${n} ${text}`.slice(0, TEXT_BYTES) })
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  await expect.poll(() => took.length, { timeout: 60_000 }).toBe(MESSAGES * READERS)
  // Had it been let go meanwhile, nothing would have been measured.
  if (stalls) expect(await scrape(url, 'peerstage_queued_bytes')).toBeGreaterThan(QUEUED_BYTES)
  for (const client of all) client.cut()
  return took.sort((a, b) => a - b)
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
const ascending = (all: readonly number[]) => [...all].sort((a, b) => a - b)

test(`others beside one stalled reader, medians of ${ROUNDS} rounds`, async () => {
  const server = await LiveServer.start({ args: ['--limits', JSON.stringify(LIMITS)] })
  const rounds: { beside: number; without: number }[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const p99 = async (stalls: boolean) => at(await latencies(server.url, `${round}-${stalls}`, stalls), 0.99)
    // Each is the first one as often as the other.
    const first = await p99(round % 2 === 0)
    const second = await p99(round % 2 === 1)
    const [beside, without] = round % 2 === 0 ? [first, second] : [second, first]
    // One round to warm up.
    if (round > 0) rounds.push({ beside, without })
  }
  await server.stop()
  const ratios = ascending(rounds.map(({ beside, without }) => beside / without))
  const times = (of: 'beside' | 'without') => at(ascending(rounds.map((round) => round[of])), 0.5).toFixed(1)
  console.log(
    `p99 of ${READERS} readers beside one that stalls: ${at(ratios, 0.5).toFixed(2)} × without it, half of the rounds from ` +
      `${at(ratios, 0.25).toFixed(2)} to ${at(ratios, 0.75).toFixed(2)} (${times('beside')} ms against ${times('without')} ms)`,
  )
})
