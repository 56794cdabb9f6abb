import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { endedTrack } from './device-errors'

/** What a track does by itself: it ends when its device goes away, and falls silent for a while when the system takes the device. */
type CaptureEvents = { ended(): void; interrupted(): void }

/**
 * One track in use, from its capture to its release.
 *
 * A track that we captured is stopped on release (the device's light goes out). A track that the app gave stays the app's:
 * it is never stopped, and handed back as it came.
 */
export class Capture {
  readonly track: MediaStreamTrack
  readonly isOwn: boolean
  /** Of our own devices, where the browser tells. Kept here: a track that has ended need not tell any more. */
  readonly deviceId: string | undefined
  readonly #loan: TrackLoan | null
  #unwatch: () => void = () => {}
  #closed = false

  constructor(track: MediaStreamTrack, { isOwn }: { isOwn: boolean }) {
    this.track = track
    this.isOwn = isOwn
    this.deviceId = isOwn ? track.getSettings().deviceId : undefined
    this.#loan = isOwn ? null : TrackLoan.of(track)
  }

  /** Whether it may be heard or seen: false for a track that the app switched off. */
  get isOn(): boolean {
    return this.#loan?.enabled ?? true
  }

  /** Whether the system has taken the device for a while. */
  get isInterrupted(): boolean {
    return this.track.muted
  }

  enable(on: boolean): void {
    if (this.#loan) this.#loan.enable(on)
    else this.track.enabled = on
  }

  /** What matters in the picture; see `MediaStreamTrack.contentHint`. */
  hint(contentHint: string): void {
    if (this.#loan) this.#loan.hint(contentHint)
    else this.track.contentHint = contentHint
  }

  watch(events: CaptureEvents): void {
    this.#unwatch()
    const listeners = {
      ended: () => events.ended(),
      mute: () => events.interrupted(),
      unmute: () => events.interrupted(),
    }
    for (const [name, listener] of Object.entries(listeners)) this.track.addEventListener(name, listener)
    this.#unwatch = () => {
      for (const [name, listener] of Object.entries(listeners)) this.track.removeEventListener(name, listener)
    }
  }

  /**
   * Idempotent; no event comes after it.
   * @param unsent when no link sends the track any more: until then a track of the app is not enabled again
   */
  close(unsent: Promise<void> = Promise.resolve()): void {
    if (this.#closed) return
    this.#closed = true
    this.#unwatch()
    if (this.isOwn) this.track.stop()
    else void unsent.then(() => this.#loan?.end())
  }
}

/** @throws LiveStreamError `no_device` for a track that has ended, `unsatisfied_constraints` for one of the wrong kind */
export function givenCapture(source: Source, track: MediaStreamTrack): Capture {
  const kind = isVideo(source) ? 'video' : 'audio'
  if (track.kind !== kind) {
    throw new LiveStreamError(
      'unsatisfied_constraints',
      `The ${source} takes a track of kind ${kind}, not ${track.kind}.`,
      { source },
    )
  }
  if (track.readyState === 'ended') throw endedTrack(source)
  return new Capture(track, { isOwn: false })
}

export const isVideo = (source: Source): boolean => source === 'camera' || source === 'screen'

const loans = new WeakMap<MediaStreamTrack, TrackLoan>()

/**
 * A track of the app while we use it, by one capture or several. What we change on it is given back as it was when the last use
 * ends. What the app changes meanwhile stays as the app wants it.
 */
export class TrackLoan {
  readonly #track: MediaStreamTrack
  #uses = 0
  /** How the app left `enabled`, where we changed it. */
  #enabled: boolean | undefined
  #hint: { readonly before: string; readonly ours: string } | undefined

  /** To be ended as often as it is taken. */
  static of(track: MediaStreamTrack): TrackLoan {
    const loan = loans.get(track) ?? new TrackLoan(track)
    loans.set(track, loan)
    loan.#uses++
    return loan
  }

  private constructor(track: MediaStreamTrack) {
    this.#track = track
  }

  /** Whether the app has the track switched on. */
  get enabled(): boolean {
    return this.#enabled ?? this.#track.enabled
  }

  enable(on: boolean): void {
    if (this.#track.enabled === on) return
    this.#enabled = this.#enabled === on ? undefined : !on
    this.#track.enabled = on
  }

  hint(ours: string): void {
    this.#hint ??= { before: this.#track.contentHint, ours }
    this.#hint = { ...this.#hint, ours }
    this.#track.contentHint = ours
  }

  end(): void {
    this.#uses--
    if (this.#uses > 0) return
    loans.delete(this.#track)
    if (this.#enabled !== undefined) this.#track.enabled = this.#enabled
    // Tracks of Node and of Firefox have no hint.
    if (this.#hint !== undefined && this.#hint.ours === this.#track.contentHint) {
      this.#track.contentHint = this.#hint.before
    }
  }
}
