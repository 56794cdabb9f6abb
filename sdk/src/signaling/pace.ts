import type { Clock } from '../ports/clock'
import { backoffMs, type Ending } from './close-policy'

/** How long it may take from opening the socket to the welcome. The server takes at most 5 s to check the token. */
const WELCOME_LIMIT_MS = 10_000
/** The same in a hurry: a first packet that is lost is sent again after 1 s (RFC 6298), a second one after 2 s more. */
const HURRIED_LIMIT_MS = 2_000
/** In a hurry a try may take this many times as long as the last one that opened: TCP, TLS and the upgrade are 3 round trips or more. */
const OPENINGS = 4
/** The longest pause between two tries in a hurry. */
const HURRIED_PAUSE_MS = 500
/** After so many hurried tries one may take its full time: the network may have become that slow. */
const HURRIED_TRIES = 10

export type PacePorts = {
  readonly clock: Clock
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number
}

/**
 * When the next connection is tried, and how long it may take. Usually with a backoff, for the server's sake. In a hurry, when the
 * links of the page have fallen silent too, it is the page's own network that is gone: then tries follow each other, so that
 * one of them meets the moment of its return.
 */
export class Pace {
  readonly #ports: PacePorts
  #hurries = false
  #failures = 0
  #hurriedTries = 0
  #openMs: number | undefined
  #waiting: { readonly next: () => void; readonly cancel: () => void; readonly isUrgent: boolean } | undefined

  constructor(ports: PacePorts) {
    this.#ports = ports
  }

  /** How many tries failed in a row. */
  get failures(): number {
    return this.#failures
  }

  /** How long the next try may take, from opening the socket to the welcome. */
  get limitMs(): number {
    if (!this.#hurries || this.#hurriedTries >= HURRIED_TRIES) return WELCOME_LIMIT_MS
    return Math.min(WELCOME_LIMIT_MS, Math.max(HURRIED_LIMIT_MS, OPENINGS * (this.#openMs ?? 0)))
  }

  /** Whether links have fallen silent as well. */
  hurry(hurries: boolean): void {
    const begins = hurries && !this.#hurries
    this.#hurries = hurries
    if (begins) this.skip()
  }

  /** Whether the server has ever accepted a socket. */
  get hasOpened(): boolean {
    return this.#openMs !== undefined
  }

  /** A socket was open after so long. */
  opened(ms: number): void {
    this.#openMs = ms
  }

  /** The next failure counts as the first. */
  restart(): void {
    this.#failures = 0
    this.#hurriedTries = 0
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

  /** What the server asked for is kept in a hurry too. */
  #pauseMs({ code, retryAfterMs }: Ending, slowly: boolean): number {
    const failures = this.#failures++
    const random = this.#ports.random()
    if (!this.#hurries || slowly || code !== undefined || retryAfterMs !== undefined) {
      return backoffMs(failures, random, { slowly, retryAfterMs })
    }
    this.#hurriedTries = this.#hurriedTries >= HURRIED_TRIES ? 0 : this.#hurriedTries + 1
    return HURRIED_PAUSE_MS * random
  }
}
