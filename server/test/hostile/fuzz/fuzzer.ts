import { createPeerstageServer } from '../../../src/index'
import type { RoomLog } from '../../../src/ports/room-log'
import { FakeClock } from '../../harness/fake-clock'
import { allRejections, scrape } from '../../harness/scrape'
import { inMib } from '../../soak/measured'
import { Attackers, type Target } from './attackers'
import { fuzzedLog, type LogKind } from './fuzzed-log'
import { Witness } from './witness'

export type FuzzReport = {
  readonly seed: number
  readonly log: LogKind
  readonly frames: number
  readonly sessions: number
  /** What two witnesses said to each other meanwhile. */
  readonly texts: number
  /** What the server rejected, by reason: how much of it was reached. */
  readonly rejections: ReadonlyMap<string, number>
  /** Where it was measured: how large it was after the first frames, and in the end. */
  readonly heap?: readonly [before: string, after: string]
  /** What must not be: an error of the server, a leak, a witness disturbed. */
  readonly findings: readonly string[]
}

export type FuzzOptions = {
  readonly seed: number
  readonly log: LogKind
  readonly frames: number
  /** Ends it sooner. */
  readonly isOver?: () => boolean
  readonly progress?: (frames: number, sessions: number) => void
  /** Bytes of the heap without its garbage. Where given, it is looked whether they come back. */
  readonly heapBytes?: () => Promise<number>
}

const SECRET = 'a secret of the fuzzer, long enough to be one'
/** Time is the fuzzer's own: so much passes with each session, and minutes at the end. */
const STEP_MS = 1000
const END_STEPS = 150
/** How often it is looked whether the last sockets are closed: they are within a few. */
const MOST_LOOKS = 1000
const LONG = 365 * 24 * 3600
/** After so many frames everything is compiled, and most identities have their rate limits in memory. */
const WARM_UP_FRAMES = 20_000
const MORE_HEAP_BYTES = 4 * 1024 * 1024

/** Sends frames of every kind to a server of its own, in front of two witnesses; then looks for what was left behind. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, log, frames, isOver = () => false, progress, heapBytes } = options
  const findings: string[] = []
  const clock = new FakeClock()
  const kept = fuzzedLog(log, clock)
  const { server, url } = await startServer(clock, kept.log, findings)
  const sign: Target['sign'] = (room, identity, role) =>
    server.tokens.sign({ room, identity, role, expiresInSeconds: LONG })
  const ada = new Witness(url, 'witness', await sign('witness', 'ada', 'host'))
  await ada.welcome()
  const bob = new Witness(url, 'witness', await sign('witness', 'bob', 'guest'))
  await bob.welcome()
  const timers = clock.pending.length
  const step = stepping(clock, [ada, bob])
  const attackers = new Attackers(seed, { url, sign, step }, () => progress?.(attackers.frames, attackers.sessions))
  const attack = async (most: number) => {
    await attackers.send(most, isOver)
    for (let i = 0; i < END_STEPS; i++) await step()
    return heapBytes?.()
  }
  const before = heapBytes && (await attack(Math.min(WARM_UP_FRAMES, frames / 2)))
  const after = await attack(frames)
  await leftovers(url, findings, { peerstage_sockets: 2, peerstage_rooms: 1 })
  if (clock.pending.length !== timers)
    findings.push(`there are ${clock.pending.length - timers} timers more in the end`)
  if (ada.texts !== bob.texts) findings.push(`the witnesses saw ${ada.texts} and ${bob.texts} texts`)
  const rejections = await allRejections(url)
  for (const witness of [ada, bob]) witness.close()
  await emptied(url, clock)
  await leftovers(url, findings, { peerstage_sockets: 0, peerstage_rooms: 0 })
  await server.close({ deadlineMs: 0 })
  const report = { seed, log, frames: attackers.frames, sessions: attackers.sessions, texts: ada.texts, rejections }
  findings.push(...ada.findings, ...bob.findings, ...kept.findings())
  if (before === undefined || after === undefined) return { ...report, findings }
  if (after > before + MORE_HEAP_BYTES)
    findings.push(`the heap was ${inMib(before)}, and is ${inMib(after)} in the end`)
  return { ...report, heap: [inMib(before), inMib(after)], findings }
}

async function startServer(clock: FakeClock, log: RoomLog, findings: string[]) {
  const fault = (fields: Readonly<Record<string, unknown>>, message: string) => {
    findings.push(`${message}: ${fields.err instanceof Error ? fields.err.stack : ''}`)
  }
  const logger = { debug: () => {}, info: () => {}, warn: fault, error: fault }
  const options = { auth: { secret: SECRET }, log, clock, logger, trustProxy: 1, metrics: { public: true } }
  const server = createPeerstageServer(options)
  const { url } = await server.listen(0, '127.0.0.1')
  return { server, url }
}

/** Lets time pass in front of the witnesses, who show that they are alive; now and then they say something. */
function stepping(clock: FakeClock, witnesses: readonly Witness[]): () => Promise<void> {
  let steps = 0
  let last = Promise.resolve()
  const step = async () => {
    clock.advance(STEP_MS)
    for (const witness of witnesses) await witness.alive()
    if (++steps % 10 === 0) await witnesses[steps % 20 === 0 ? 0 : 1]?.say()
  }
  return () => {
    last = last.then(step)
    return last
  }
}

/** No client is there any more. Graces pass, and the minute after which an empty room closes. */
async function emptied(url: string, clock: FakeClock): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS && (await scrape(url, 'peerstage_sockets')) > 0; looks++);
  for (let i = 0; i < END_STEPS; i++) {
    clock.advance(STEP_MS)
    await scrape(url, 'peerstage_rooms')
  }
}

/** What is there, beside nothing that waits. */
async function leftovers(url: string, findings: string[], expected: Readonly<Record<string, number>>): Promise<void> {
  const waiting = { peerstage_queued_bytes: 0, peerstage_paused_sockets: 0 }
  for (const [name, value] of Object.entries({ ...expected, ...waiting })) {
    const found = await scrape(url, name)
    if (found !== value) findings.push(`${name} is ${found} in the end, not ${value}`)
  }
}
