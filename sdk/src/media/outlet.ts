import type { Source } from '../protocol'
import { type Capture, isVideo } from './capture'

/** The part of a clock that is needed here. */
export type Delays = {
  /** Calls back once after `delayMs`; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void
}

/**
 * How long a picture is sent black before its slot is emptied, in ms. A receiver may keep the last frame that it got; without
 * a black one, that is a face. 200 ms is four frames of a slow (20 fps) camera. No promise: a busy machine may not have encoded a black
 * one by then. The elements of our own viewers are emptied by what the room tells.
 */
export const BLACK_MS = 200

type Fading = { readonly track: MediaStreamTrack; readonly cancel: () => void; readonly done: () => void }

/**
 * What one slot sends on all links. Sound stops at once; a picture is black at once and its slot empty a moment later.
 * Knows nothing of why, nor who owns the track.
 */
export class Outlet {
  readonly #source: Source
  readonly #clock: Delays
  readonly #fill: (track: MediaStreamTrack | null) => Promise<void>
  #filled: MediaStreamTrack | null = null
  #fading: Fading | null = null
  #settled: Promise<void> = Promise.resolve()

  constructor(source: Source, clock: Delays, fill: (track: MediaStreamTrack | null) => Promise<void>) {
    this.#source = source
    this.#clock = clock
    this.#fill = fill
  }

  /** What the slot is filled with, on links that are there and on those to come. Black while it fades. */
  get filled(): MediaStreamTrack | null {
    return this.#filled
  }

  /** Resolves when the links have taken what the slot was filled with last. */
  get settled(): Promise<void> {
    return this.#settled
  }

  /** Sends a capture, in place of whatever was sent. A fade of the same track is called off. */
  open(capture: Capture): void {
    const { track } = capture
    if (this.#fading?.track === track) this.#callOff()
    capture.enable(true)
    this.#put(track)
    this.#finish()
  }

  /** Sends nothing of this capture from now on. `done` is called once it may be closed, unless `open` calls it off. */
  hush(capture: Capture, done: () => void): void {
    const { track } = capture
    if (this.#fading?.track === track) return this.#continueWith(done)
    capture.enable(false)
    if (this.#filled !== track) return done()
    if (!isVideo(this.#source)) {
      this.#put(null)
      return done()
    }
    const cancel = this.#clock.after(BLACK_MS, () => this.#finish())
    this.#fading = { track, cancel, done }
  }

  /** Sends nothing, at once and without a black frame. */
  cut(): void {
    this.#put(null)
    this.#finish()
  }

  #continueWith(done: () => void): void {
    if (this.#fading) this.#fading = { ...this.#fading, done }
  }

  #callOff(): void {
    this.#fading?.cancel()
    this.#fading = null
  }

  /** Ends a fade now, whether its time has come or something else takes its place. */
  #finish(): void {
    const fading = this.#fading
    if (!fading) return
    this.#callOff()
    if (this.#filled === fading.track) this.#put(null)
    fading.done()
  }

  #put(track: MediaStreamTrack | null): void {
    if (this.#filled === track) return
    this.#filled = track
    this.#settled = this.#fill(track)
  }
}
