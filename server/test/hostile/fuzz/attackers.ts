import { Random } from './random'
import { rawSession, structuredSession } from './sessions'

type Role = 'host' | 'cohost' | 'guest' | 'viewer'

export type Target = {
  readonly url: string
  readonly sign: (room: string, identity: string, role: Role) => Promise<string>
  /** Time passes, and the witnesses are seen to be alive. */
  readonly step: () => Promise<void>
}

const AT_ONCE = 12
const ROOMS = ['fuzz-0', 'fuzz-1', 'fuzz-2', 'fuzz-3', '__proto__', 'constructor']
const IDENTITIES = 400

/** Session after session, each by a seed of its own: the same first seed makes the same frames. */
export class Attackers {
  frames = 0
  sessions = 0
  readonly #seed: number
  readonly #target: Target
  /** Called after each session. */
  readonly #progress: () => void

  constructor(seed: number, target: Target, progress: () => void) {
    this.#seed = seed
    this.#target = target
    this.#progress = progress
  }

  /** Until so many frames were sent in all, or it is over. */
  async send(frames: number, isOver: () => boolean): Promise<void> {
    const attacker = async () => {
      while (this.frames < frames && !isOver()) await this.#session()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, attacker))
  }

  async #session(): Promise<void> {
    const { url, sign, step } = this.#target
    const random = new Random(this.#seed + this.sessions++)
    const room = random.pick(ROOMS)
    const identity = `person ${random.below(IDENTITIES)}`
    const token = await sign(room, identity, random.pick(['host', 'cohost', 'guest', 'viewer']))
    // Now and then a token for one room is shown to the room of the witnesses.
    const target = { url, token, room: random.chance(0.02) ? 'witness' : room }
    this.frames += await (random.chance(0.3) ? rawSession : structuredSession)(random, target)
    await step()
    this.#progress()
  }
}
