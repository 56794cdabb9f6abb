import { createPeerstageServer } from '../../../src/index'
import { FakeClock } from '../../fakes/fake-clock'
import { allRefusals, scrape } from '../scrape'
import { Random } from './random'
import { rawSession, structuredSession } from './sessions'
import { Witness } from './witness'

export type FuzzReport = {
  readonly seed: number
  readonly frames: number
  readonly sessions: number
  /** What two witnesses said to each other meanwhile. */
  readonly texts: number
  /** What the server refused, by reason: how much of it was reached. */
  readonly refusals: ReadonlyMap<string, number>
  /** What must not be: an error of the server, a leak, a witness disturbed. */
  readonly findings: readonly string[]
}

export type FuzzOptions = {
  readonly seed: number
  readonly frames: number
  /** Ends it sooner. */
  readonly isOver?: () => boolean
  readonly progress?: (frames: number, sessions: number) => void
}

const SECRET = 'a secret of the fuzzer, long enough to be one'
const AT_ONCE = 12
const ROOMS = ['fuzz-0', 'fuzz-1', 'fuzz-2', 'fuzz-3', '__proto__', 'constructor']
const IDENTITIES = 400
/** Time is the fuzzer's own: so much passes with each session, and minutes at the end. */
const STEP_MS = 1000
const END_STEPS = 150
const LONG = 365 * 24 * 3600

/** Sends frames of every kind to a server of its own, in front of two witnesses; then looks for what was left behind. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const findings: string[] = []
  const clock = new FakeClock()
  const { server, url } = await startServer(clock, findings)
  const sign = (room: string, identity: string, role: 'host' | 'cohost' | 'guest' | 'viewer') =>
    server.tokens.sign({ room, identity, role, expiresInSeconds: LONG })
  const ada = new Witness(url, 'witness', await sign('witness', 'ada', 'host'))
  await ada.welcome()
  const bob = new Witness(url, 'witness', await sign('witness', 'bob', 'guest'))
  await bob.welcome()
  const timers = clock.pending.length
  const step = stepping(clock, [ada, bob])
  const total = await attack(options, url, sign, step)
  for (let i = 0; i < END_STEPS; i++) await step()
  await leftovers(url, findings, () => clock.pending.length - timers)
  if (ada.texts !== bob.texts) findings.push(`the witnesses saw ${ada.texts} and ${bob.texts} texts`)
  const refusals = await allRefusals(url)
  const report = {
    refusals,
    seed: options.seed,
    ...total,
    texts: ada.texts,
    findings: [...findings, ...ada.findings, ...bob.findings],
  }
  for (const witness of [ada, bob]) witness.close()
  await server.close({ deadlineMs: 0 })
  return report
}

async function startServer(clock: FakeClock, findings: string[]) {
  const fault = (fields: Readonly<Record<string, unknown>>, message: string) => {
    findings.push(`${message}: ${fields.err instanceof Error ? fields.err.stack : ''}`)
  }
  const logger = { debug: () => {}, info: () => {}, warn: fault, error: fault }
  const server = createPeerstageServer({ auth: { secret: SECRET }, clock, logger, trustProxy: 1 })
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

type Sign = (room: string, identity: string, role: 'host' | 'cohost' | 'guest' | 'viewer') => Promise<string>

async function attack(
  { seed, frames: most, isOver, progress }: FuzzOptions,
  url: string,
  sign: Sign,
  step: () => Promise<void>,
) {
  const total = { frames: 0, sessions: 0 }
  const attacker = async () => {
    while (total.frames < most && isOver?.() !== true) {
      const random = new Random(seed + total.sessions++)
      const room = random.pick(ROOMS)
      const identity = `person ${random.below(IDENTITIES)}`
      const token = await sign(room, identity, random.pick(['host', 'cohost', 'guest', 'viewer']))
      // Now and then a token for one room knocks at the witnesses'.
      const target = { url, token, room: random.chance(0.02) ? 'witness' : room }
      total.frames += await (random.chance(0.3) ? rawSession : structuredSession)(random, target)
      await step()
      progress?.(total.frames, total.sessions)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, attacker))
  return total
}

/** Everything is as it was before: two sockets, one room, no bytes that wait, and the timers of the beginning. */
async function leftovers(url: string, findings: string[], timersMore: () => number): Promise<void> {
  const expected = { peerstage_sockets: 2, peerstage_rooms: 1, peerstage_queued_bytes: 0, peerstage_paused_sockets: 0 }
  for (const [name, value] of Object.entries(expected)) {
    const found = await scrape(url, name)
    if (found !== value) findings.push(`${name} is ${found} in the end, not ${value}`)
  }
  if (timersMore() !== 0) findings.push(`there are ${timersMore()} timers more in the end`)
}
