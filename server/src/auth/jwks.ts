import type { JsonWebKey } from 'node:crypto'
import type { Clock } from '../ports/clock'
import type { Logger } from '../ports/logger'
import { fetchJwks, JwksFault } from './jwks-fetch'
import { type KeySource, KeysUnavailable, type PublicKey, pick, readPublicKey, type TokenKey } from './keys'

export type JwksPorts = {
  readonly url: string
  /** How often the set is read: the bound on how long a key that was taken out of it still counts. */
  readonly refreshMs: number
  /** How long the keys count while the set cannot be read. */
  readonly maxAgeMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/** Shorter than the 5 s that a verification may take, so that a client is told that the keys are unavailable. */
const TIMEOUT_MS = 4000
/** The endpoint is asked at most once in this time, however many tokens need it. */
export const COOLDOWN_MS = 30_000

/** A moment by both clocks. */
type Instant = { readonly wall: number; readonly elapsed: number }

const NEVER: Instant = { wall: Number.NEGATIVE_INFINITY, elapsed: Number.NEGATIVE_INFINITY }

/**
 * The keys of a JWKS endpoint. Read when the first token comes, then every `refreshMs`, and when a token names a key that the
 * set did not have. While the endpoint is down, or its answer is not a key set, the last keys stay in use.
 */
export class Jwks implements KeySource {
  readonly #ports: JwksPorts
  #keys: readonly LivingKey[] = []
  /** When the set was last requested, and when the request began whose answer was last read. */
  #askedAt = NEVER
  #readAt = NEVER
  #asking: { readonly done: Promise<void>; readonly abort: () => void } | undefined
  #cancelNext = () => {}
  #closed = false

  constructor(ports: JwksPorts) {
    this.#ports = ports
  }

  async find(kid: string | undefined): Promise<TokenKey | undefined> {
    if (this.#ageOf(this.#readAt) > this.#ports.maxAgeMs) await this.#read()
    const key = pick(this.#keys, kid)
    if (key !== undefined || kid === undefined) return key
    // If the set was read just now, a key that it does not have does not exist.
    if (this.#ageOf(this.#readAt) >= COOLDOWN_MS) await this.#read()
    return pick(this.#keys, kid)
  }

  close(): void {
    this.#closed = true
    this.#cancelNext()
    this.#asking?.abort()
  }

  /** Reads the set, or joins a read that is under way. @throws KeysUnavailable when it cannot be read, or not yet again */
  async #read(): Promise<void> {
    if (this.#asking === undefined && !this.#closed && this.#ageOf(this.#askedAt) >= COOLDOWN_MS) this.#ask()
    const askedAt = this.#askedAt
    await this.#asking?.done
    if (this.#readAt !== askedAt) throw new KeysUnavailable(Math.max(0, COOLDOWN_MS - this.#ageOf(askedAt)))
  }

  #ask(): void {
    const { url, clock, logger, refreshMs } = this.#ports
    this.#cancelNext()
    this.#askedAt = { wall: clock.wall(), elapsed: clock.elapsed() }
    const controller = new AbortController()
    const abort = () => controller.abort()
    const cancelTimeout = clock.after(TIMEOUT_MS, abort)
    const done = fetchJwks(url, controller.signal)
      .then((jwks) => this.#take(jwks))
      .catch((error: unknown) => {
        if (this.#closed) return
        const fault = error instanceof JwksFault ? error.message : 'an internal error'
        logger.warn({ fault }, 'the keys of the tokens could not be read; the last ones go on serving')
      })
      .then(() => {
        cancelTimeout()
        this.#asking = undefined
        const interval = this.#readAt === this.#askedAt ? refreshMs : COOLDOWN_MS
        const left = Math.max(0, interval - this.#ageOf(this.#askedAt))
        if (!this.#closed) this.#cancelNext = clock.after(left, () => this.#ask())
      })
    this.#asking = { done, abort }
  }

  /** In ms, by the wall clock, because a machine may sleep; a clock that is set back makes no key younger. */
  #ageOf({ wall, elapsed }: Instant): number {
    const { clock } = this.#ports
    return Math.max(clock.wall() - wall, clock.elapsed() - elapsed)
  }

  /** Another set. A key that was there before stays the same object, so that its sessions go on. */
  #take(jwks: readonly JsonWebKey[]): void {
    const read = jwks.map((jwk) => readPublicKey(jwk)).flatMap((result) => (result.ok ? [result.key] : []))
    if (read.length === 0) throw new JwksFault('the set has no key that tokens are verified by')
    const keys = read.map((key) => this.#keys.find((known) => isSame(known, key)) ?? new LivingKey(key))
    const withdrawn = this.#keys.filter((key) => !keys.includes(key))
    const added = keys.filter((key) => !this.#keys.includes(key))
    this.#keys = keys
    this.#readAt = this.#askedAt
    for (const key of withdrawn) key.withdraw()
    if (added.length + withdrawn.length === 0) return
    const counts = {
      keys: keys.length,
      added: added.length,
      withdrawn: withdrawn.length,
      other: jwks.length - read.length,
    }
    this.#ports.logger.info(counts, 'the keys of the tokens have changed')
  }
}

const isSame = (a: PublicKey, b: PublicKey): boolean =>
  a.kid === b.kid && a.alg === b.alg && a.material.equals(b.material)

/** A key of the set, until it is taken out of it. */
class LivingKey implements PublicKey {
  readonly kid: string | undefined
  readonly alg: PublicKey['alg']
  readonly material: PublicKey['material']
  readonly #listeners = new Set<() => void>()
  #withdrawn = false

  constructor({ kid, alg, material }: PublicKey) {
    this.kid = kid
    this.alg = alg
    this.material = material
  }

  readonly onWithdrawn = (listener: () => void): (() => void) => {
    if (this.#withdrawn) listener()
    else this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  withdraw(): void {
    this.#withdrawn = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
