import type { Clock } from '../ports/clock'
import type { Source } from '../protocol'
import { type Capture, isVideo } from './capture'

/**
 * Puts a track into a slot of all links, now and later; null empties it. Resolves when all current connections have it. Never rejects:
 * a link that cannot take it starts over by itself.
 */
export type SetTrack = (source: Source, track: MediaStreamTrack | null) => Promise<void>

/**
 * How long a picture is sent black before its slot is emptied, in ms. A receiver may keep showing the last frame, so that should be a
 * black one. 200 ms is four frames of a slow (20 fps) camera. It is no guarantee: a busy machine may not have encoded a black frame by
 * then. Receivers with this SDK remove the picture by the room's event anyway.
 */
export const BLACK_FRAME_MS = 200

type Fade = { readonly track: MediaStreamTrack; readonly cancel: () => void; readonly done: () => void }

/**
 * What one slot sends on all links. Sound stops at once; a picture is black at once, and its slot is emptied a moment later.
 */
export class SlotOutput {
  readonly #source: Source
  readonly #clock: Pick<Clock, 'after'>
  readonly #setTrack: SetTrack
  #track: MediaStreamTrack | null = null
  #fade: Fade | null = null
  #settled: Promise<void> = Promise.resolve()

  constructor(source: Source, clock: Pick<Clock, 'after'>, setTrack: SetTrack) {
    this.#source = source
    this.#clock = clock
    this.#setTrack = setTrack
  }

  /** Resolves when the links have the last track of the slot. */
  get settled(): Promise<void> {
    return this.#settled
  }

  /** Sends a capture instead of the current one. Cancels a fade of the same track. */
  send(capture: Capture): void {
    const { track } = capture
    if (this.#fade?.track === track) this.#cancelFade()
    capture.enable(true)
    this.#put(track)
    this.#endFade()
  }

  /** Stops sending a capture. Calls `done` when it may be closed, unless `send` cancels that. */
  fadeOut(capture: Capture, done: () => void): void {
    const { track } = capture
    if (this.#fade?.track === track) {
      this.#fade = { ...this.#fade, done }
      return
    }
    capture.enable(false)
    if (this.#track !== track) return done()
    if (!isVideo(this.#source)) {
      this.#put(null)
      return done()
    }
    const cancel = this.#clock.after(BLACK_FRAME_MS, () => this.#endFade())
    this.#fade = { track, cancel, done }
  }

  /** Sends nothing, at once and without a black frame. */
  clear(): void {
    this.#put(null)
    this.#endFade()
  }

  #cancelFade(): void {
    this.#fade?.cancel()
    this.#fade = null
  }

  /** Ends a fade now: its time is over, or another track replaces it. */
  #endFade(): void {
    const fade = this.#fade
    if (!fade) return
    this.#cancelFade()
    if (this.#track === fade.track) this.#put(null)
    fade.done()
  }

  #put(track: MediaStreamTrack | null): void {
    if (this.#track === track) return
    this.#track = track
    this.#settled = this.#setTrack(this.#source, track)
  }
}
