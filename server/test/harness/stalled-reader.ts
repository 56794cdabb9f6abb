import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { scrape } from './scrape'
import { TestClient } from './test-client'

/** So short that the queue of a stalled reader can take all texts of a round (they replace casts): the reader stays connected. */
const TEXT_BYTES = 2000
/** More than the operating system buffers for a socket that is not read. */
const FILLING_FRAMES = 200
const CASTS_IN_A_FRAME = 8

const ANY = 1_000_000
/** Server options under which no message here is too fast and no reader too slow. */
export const NO_BOUNDS = {
  stalledMs: 60_000,
  ...{ chatPerSecond: ANY, chatBurst: ANY, roomChatPerSecond: ANY, roomChatBurst: ANY },
  ...{ commandsPerSecond: ANY, commandBurst: ANY, castsPerSecond: ANY, castBurst: ANY },
  ...{ castBytesPerSecond: 1024 ** 3, castByteBurst: 1024 ** 3 },
}

type Size = { readonly readers: number; readonly messages: number; readonly rounds: number }

/** Latency of each text at each reader in ms, sorted: in a room with a stalled reader, and in one without. */
export type Round = { readonly beside: readonly number[]; readonly without: readonly number[] }

/** Runs rounds with both kinds of room on a server in dev mode, with alternating order, after one round to warm up. */
export async function playRounds(url: string, { rounds, ...size }: Size): Promise<Round[]> {
  const played: Round[] = []
  for (let round = 0; round <= rounds; round++) {
    const isFirst = round % 2 === 0
    const play = (stalls: boolean) => latencies(url, `${round}-${stalls}`, { ...size, stalls })
    const first = await play(isFirst)
    const second = await play(!isFirst)
    if (round > 0) played.push(isFirst ? { beside: first, without: second } : { beside: second, without: first })
  }
  return played
}

/** For each round, the latency at this quantile beside a stalled reader divided by that without one; sorted. */
export const ratiosOf = (rounds: readonly Round[], share: number) =>
  ascending(rounds.map(({ beside, without }) => at(beside, share) / at(without, share)))

export const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
export const ascending = (all: readonly number[]) => [...all].sort((a, b) => a - b)

/** Opens a room with a talker, its readers, and one more reader, which stalls if `stalls` is set. */
async function openRoom(url: string, room: string, readers: number, stalls: boolean) {
  const come = async (name: string) => {
    const client = new TestClient(url, room, { name })
    await client.welcome()
    return client
  }
  const talker = await come('talker')
  const one = await come('one')
  const others = await Promise.all(Array.from({ length: readers }, (_, i) => come(`reader ${i}`)))
  if (stalls) await stall(one, talker)
  return { talker, others, all: [talker, one, ...others] }
}

/** Stops reading, and fills the queue with casts, which are dropped in favour of chat messages. */
async function stall(one: TestClient, talker: TestClient): Promise<void> {
  const { self } = await one.welcome()
  one.socket.pause()
  const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to: [self] } }
  const frame = Array.from({ length: CASTS_IN_A_FRAME }, () => cast)
  for (let sent = 0; sent < FILLING_FRAMES; sent++) talker.say(...frame)
  await talker.roundTrip()
}

/** The latency of each text at each reader, sorted. Texts are sent one after the other. */
async function latencies(
  url: string,
  room: string,
  { readers, messages, stalls }: Omit<Size, 'rounds'> & { readonly stalls: boolean },
): Promise<number[]> {
  const { talker, others, all } = await openRoom(url, room, readers, stalls)
  const sentAt: number[] = []
  const took: number[] = []
  for (const { socket } of others) {
    socket.on('message', (data) => {
      const now = performance.now()
      for (const [, n] of String(data).matchAll(/"text":"(\d+) /g)) took.push(now - (sentAt[Number(n)] ?? Number.NaN))
    })
  }
  const text = randomBytes(TEXT_BYTES / 2).toString('hex')
  for (let n = 0; n < messages; n++) {
    sentAt.push(performance.now())
    expect(await talker.ask({ type: 'chat.send', text: `${n} ${text}`.slice(0, TEXT_BYTES) })).toMatchObject({
      ok: true,
    })
  }
  await expect.poll(() => took.length).toBe(messages * readers)
  // The stalled reader must still be connected, or nothing was measured.
  if (stalls) expect(await scrape(url, 'peerstage_queued_bytes')).toBeGreaterThan(messages * TEXT_BYTES)
  for (const client of all) client.cut()
  return ascending(took)
}
