import { type Clock, watchProgress } from '../ports/clock'
import type { Path } from './media-transport'

/** How long a path may be unwell before other paths are looked for: most come back by themselves. */
const GRACE_MS = 3_000
/** The same where the path seems well but nothing comes over it. */
const SILENCE_GRACE_MS = 6_000
/** How long a restart may take from the other side's description to a path. */
const WATCH_MS = 8_000
/** When a restart is tried again that got no description: the signal may be lost. Twice as late each time. */
const AGAIN_MS = 2_000
const LONGEST_AGAIN_MS = 30_000
/** After a change of the network links restart within this time, not all at the same moment. */
const SPREAD_MS = 300
/** The same after a change of TURN passwords, which come some time before the earlier ones end. */
const PASSWORD_SPREAD_MS = 2_000
/** The other side is not obeyed sooner after the last restart: its request may be older than that. Twice as late each time while this side is well. */
const OBEY_MS = 1_000
const LONGEST_OBEY_MS = 30_000
/** After so many tries without a description the other side may have lost this connection. */
const MOST_TRIES = 5

export type IceRepairPorts = {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  /** The offerer sends the offer of a restart; the answerer asks for one. */
  restart(): void
  /** The path is unwell, or nothing comes. */
  unwell(): void
  /** It is well again. */
  well(): void
  /** No path was found: only a new connection helps. */
  failed(reason: string): void
}

/**
 * Finds a connection another path when the one it had is unwell: by itself after a while, at once when the network has changed, and
 * again and again at a falling rate, as the other side may be away. It waits while signals cannot be sent.
 */
export class IceRepair {
  readonly #ports: IceRepairPorts
  #path: Path = 'up'
  #isSilent = false
  #isUnwell = false
  #canSignal: boolean
  #tries = 0
  #obeyed = 0
  /** The other side's description of a restart is here, and no path is found yet. */
  #isDescribed = false
  #isClosed = false
  /** A restart is due that the other side has not answered, although the path may be well. */
  #isDue = false
  #lastAt = Number.NEGATIVE_INFINITY
  #cancel = () => {}

  constructor(ports: IceRepairPorts, canSignal: boolean) {
    this.#ports = ports
    this.#canSignal = canSignal
  }

  get isUnwell(): boolean {
    return this.#isUnwell
  }

  path(path: Path): void {
    const isNews = path === 'lost' && this.#path !== 'lost'
    this.#path = path
    this.#judge()
    // Where the other side has answered a restart, its paths are being checked already.
    if (isNews && !this.#isDescribed) this.#tryIn(0)
  }

  /** Whether nothing comes of what should come. */
  silent(isSilent: boolean): void {
    this.#isSilent = isSilent
    this.#judge()
  }

  /** Whether signals can be sent. When they can again, an unwell path is not waited for any longer: signals may have been lost too. */
  signaling(canSignal: boolean): void {
    this.#canSignal = canSignal
    if (canSignal && (this.#isUnwell || this.#isDue)) this.#restartNow()
  }

  /** This side's network has changed: its addresses may be others. */
  networkChanged(): void {
    this.#isDue = true
    this.#tryIn(this.#ports.random() * SPREAD_MS)
  }

  /** The password that this side's TURN server knows the path by ends soon: the next path has the next password. */
  passwordChanged(): void {
    this.#isDue = true
    if (!this.#isUnwell) this.#tryIn(this.#ports.random() * PASSWORD_SPREAD_MS)
  }

  /** The other side asks for a restart. */
  requested(): void {
    const pauseMs = Math.min(LONGEST_OBEY_MS, OBEY_MS * 2 ** this.#obeyed)
    if (this.#ports.clock.now() - this.#lastAt < pauseMs) return
    if (!this.#isUnwell) this.#obeyed++
    this.#restart()
  }

  /** The other side's description of a restart is here: paths are being checked. */
  described(): void {
    this.#tries = 0
    this.#isDue = false
    this.#cancel()
    if (!this.#isUnwell) return
    this.#isDescribed = true
    const watch = watchProgress(this.#ports.clock, WATCH_MS, () => {
      this.#isDescribed = false
      // Signals may have been lost since. The next restart comes when they can be sent.
      if (!this.#canSignal) return
      // Where only media is missing, another connection would not bring it, and would interrupt what this side sends.
      if (this.#path === 'up') this.#tryIn(LONGEST_AGAIN_MS)
      else this.#ports.failed('no other path was found')
    })
    this.#cancel = watch.cancel
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #judge(): void {
    const isUnwell = this.#path !== 'up' || this.#isSilent
    if (isUnwell === this.#isUnwell) return
    this.#isUnwell = isUnwell
    if (isUnwell) {
      this.#obeyed = 0
      if (!this.#isDue) this.#tryIn(this.#path === 'up' ? SILENCE_GRACE_MS : GRACE_MS)
      this.#ports.unwell()
    } else {
      this.#tries = 0
      this.#isDescribed = false
      if (!this.#isDue) this.#cancel()
      this.#ports.well()
    }
  }

  #tryIn(ms: number): void {
    this.#cancel()
    if (this.#isClosed) return
    this.#isDescribed = false
    this.#cancel = this.#ports.clock.after(ms, () => this.#restartNow())
  }

  #restartNow(): void {
    if (!this.#canSignal) return
    if (this.#tries >= MOST_TRIES && this.#path !== 'up') return this.#ports.failed('the other side does not answer')
    if (this.#tries >= MOST_TRIES && !this.#isUnwell) {
      this.#isDue = false
      return
    }
    this.#tryIn(Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** this.#tries++))
    this.#restart()
  }

  #restart(): void {
    this.#lastAt = this.#ports.clock.now()
    this.#ports.restart()
  }
}
