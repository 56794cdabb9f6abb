import type { Clock } from '../ports/clock'
import { backoffMs, type Ending } from './close-policy'

/** How long it may take from opening the socket to the welcome, and a token function before it. The server takes at most 5 s to check the token. */
const LIMIT_MS = 10_000
/** The same in a hurry: a first packet that is lost is sent again after 1 s (RFC 6298), a second one after 2 s more. */
const HURRIED_LIMIT_MS = 2_000
/** In a hurry a try may take this many times as long as it took last time to open a socket, its token included. */
const TIMES_LAST = 4
/** In a hurry tries begin about this long after each other, also where each fails at once. */
const HURRIED_EVERY_MS = 1_000
/** How long a hurry lasts at most. After that it may be the server that is away, and the links are unwell for another reason. */
const LONGEST_HURRY_MS = 60_000

export type PacePorts = {
  readonly clock: Clock
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number
}

/**
 * When the next connection is tried, and how long it may take. Usually with a backoff, for the server's sake. In a hurry, when the
 * links of the page have fallen silent too, it is probably the page's own network that is gone: then tries follow each other for a
 * minute, so that one of them meets the moment of its return.
 */
export class Pace {
  readonly #ports: PacePorts
  /** Since when links have fallen silent. */
  #hurriedSince: number | undefined
  /** Tries in a row that failed without a hurry. */
  #failures = 0
  #attempts = 0
  #triedAt = 0
  /** How long a token and the opening of a socket took last. */
  #lastMs: number | undefined
  #waiting: { readonly next: () => void; readonly cancel: () => void; readonly isUrgent: boolean } | undefined

  constructor(ports: PacePorts) {
    this.#ports = ports
  }

  /** How many tries failed in a row. */
  get attempts(): number {
    return this.#attempts
  }

  /** Whether the server has ever accepted a socket. */
  get hasOpened(): boolean {
    return this.#lastMs !== undefined
  }

  /** How long a token function may take, and then the time from opening the socket to the welcome. */
  get limitMs(): number {
    return this.#hurries ? Math.min(LIMIT_MS, Math.max(HURRIED_LIMIT_MS, TIMES_LAST * (this.#lastMs ?? 0))) : LIMIT_MS
  }

  /** Whether links have fallen silent as well. */
  hurry(hurries: boolean): void {
    const begins = hurries && this.#hurriedSince === undefined
    if (begins) this.#hurriedSince = this.#ports.clock.now()
    if (!hurries) this.#hurriedSince = undefined
    if (begins) this.skip()
  }

  /** A try begins. */
  begin(): void {
    this.cancel()
    this.#triedAt = this.#ports.clock.now()
  }

  /** The server accepted the socket of this try. */
  opened(): void {
    this.#lastMs = this.#ports.clock.now() - this.#triedAt
  }

  /** The next failure counts as the first. */
  restart(): void {
    this.#failures = 0
    this.#attempts = 0
  }

  /** A try failed: calls back when the next one is due. Returns in how many ms. */
  wait(ending: Ending, slowly: boolean, next: () => void): number {
    this.cancel()
    const ms = this.#pauseMs(ending, slowly)
    const cancel = this.#ports.clock.after(ms, () => {
      this.#waiting = undefined
      next()
    })
    this.#waiting = { next, cancel, isUrgent: !slowly && ending.retryAfterMs === undefined }
    return ms
  }

  /** The page woke up, for example: the next try is due now, if the server has not asked to wait. */
  skip(): void {
    const waiting = this.#waiting
    if (!waiting?.isUrgent) return
    this.cancel()
    waiting.next()
  }

  cancel(): void {
    this.#waiting?.cancel()
    this.#waiting = undefined
  }

  get #hurries(): boolean {
    const since = this.#hurriedSince
    return since !== undefined && this.#ports.clock.now() - since < LONGEST_HURRY_MS
  }

  /** What the server asked for is kept in a hurry too. */
  #pauseMs({ code, retryAfterMs }: Ending, slowly: boolean): number {
    const { clock, random } = this.#ports
    this.#attempts++
    if (this.#hurries && !slowly && code === undefined && retryAfterMs === undefined) {
      const tookMs = clock.now() - this.#triedAt
      return Math.max(0, HURRIED_EVERY_MS * (0.5 + random()) - tookMs)
    }
    return backoffMs(this.#failures++, random(), { slowly, retryAfterMs })
  }
}
